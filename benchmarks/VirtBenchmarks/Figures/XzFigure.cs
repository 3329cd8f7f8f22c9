using VirtEngine.Packages.Xz;

namespace VirtBenchmarks.Figures;

/// <summary>Unpacking xz, as Debian packages use it: the runtime's assemblies, packed by xz.</summary>
internal sealed class XzFigure : Figure
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("virttools-bench");
    private string packed = "";
    private long length;

    internal override string Name => "xz decompression";

    internal override string Unit => "MB/s";

    internal override bool LargerIsBetter => true;

    internal override string Peer => "xz -dc";

    internal override void Prepare()
    {
        // Code, as packages have it, that is there on every machine.
        var plain = Path.Combine(directory.FullName, "plain");
        using (var file = File.Create(plain))
        {
            foreach (var assembly in Directory.GetFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System.Private.*.dll").Order(StringComparer.Ordinal))
            {
                using var part = File.OpenRead(assembly);
                part.CopyTo(file);
            }

            length = file.Length;
        }

        Work.Run("xz", "-k", "-1", plain);
        packed = plain + ".xz";
    }

    internal override double MeasureOurs() => length / 1e6 / Work.Seconds(() =>
    {
        using var stream = new XzStream(File.OpenRead(packed));
        stream.CopyTo(Stream.Null);
    });

    internal override double MeasurePeer() => length / 1e6 / Work.Seconds(() => Work.Run("xz", "-dc", packed));

    public override void Dispose()
    {
        directory.Delete(recursive: true);
        base.Dispose();
    }
}
