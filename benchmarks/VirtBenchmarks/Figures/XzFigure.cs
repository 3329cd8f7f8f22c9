using VirtFoundation.Packages.Xz;

namespace VirtBenchmarks.Figures;

/// <summary>Unpacking xz, as Debian packages use it: the runtime's assemblies, packed by xz.</summary>
internal sealed class XzFigure : Figure
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("virttools-bench");
    private string _packed = "";
    private long _length;

    internal override string Name => "xz decompression";

    internal override string Unit => "MB/s";

    internal override bool LargerIsBetter => true;

    internal override string Peer => "xz -dc";

    internal override void Prepare()
    {
        // Code, as packages have it, that is there on every machine.
        var plain = Path.Combine(_directory.FullName, "plain");
        using (var file = File.Create(plain))
        {
            foreach (var assembly in Directory.GetFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System.Private.*.dll").Order(StringComparer.Ordinal))
            {
                using var part = File.OpenRead(assembly);
                part.CopyTo(file);
            }

            _length = file.Length;
        }

        Work.Run("xz", "-k", "-1", plain);
        _packed = plain + ".xz";
    }

    internal override double MeasureOurs() => _length / 1e6 / Work.Seconds(() =>
    {
        using var stream = new XzStream(File.OpenRead(_packed));
        stream.CopyTo(Stream.Null);
    });

    internal override double MeasurePeer() => _length / 1e6 / Work.Seconds(() => Work.Run("xz", "-dc", _packed));

    public override void Dispose()
    {
        _directory.Delete(recursive: true);
        base.Dispose();
    }
}
