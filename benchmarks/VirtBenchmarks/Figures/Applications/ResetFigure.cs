using System.Globalization;
using VirtSpecs;

namespace VirtBenchmarks.Figures.Applications;

/// <summary>Reset of an application that has written 5,000 files, until it could be started again.</summary>
internal sealed class ResetFigure : Figure
{
    private const int Directories = 100, FilesOfDirectory = 50;

    private ApplicationFixture? _fixture;

    internal override string Name => "reset of an application, 5,000 files";

    internal override string Unit => "ms";

    internal override bool LargerIsBetter => false;

    internal override double? Goal => 10;

    internal override string Peer => "rm -rf";

    internal override void Prepare()
    {
        if (!OperatingSystem.IsLinux()) throw new FigureUnavailableException("virtual applications run on Linux only");
        _fixture = new(LayerPlatform.Linux, "opt/measured", "/bin/true");
    }

    internal override double MeasureOurs()
    {
        var tree = _fixture!.Host.GetWritableTree(_fixture.Id);
        Fill(tree);
        var seconds = Work.Seconds(() => _fixture.Host.Reset(_fixture.Id));
        if (Directory.Exists(tree)) throw new InvalidOperationException($"'{tree}' is still there.");
        _fixture.Host.SweepAsync(_fixture.Id, default).GetAwaiter().GetResult();
        return seconds * 1000;
    }

    internal override double MeasurePeer()
    {
        Fill(_fixture!["removed"]);
        return 1000 * Work.Seconds(() => Work.Run("rm", "-rf", _fixture["removed"]));
    }

    public override void Dispose()
    {
        _fixture?.Dispose();
        base.Dispose();
    }

    private static void Fill(string directory)
    {
        for (var i = 0; i < Directories; i++)
        {
            var part = Directory.CreateDirectory(Path.Combine(directory, i.ToString(CultureInfo.InvariantCulture))).FullName;
            for (var file = 0; file < FilesOfDirectory; file++) File.WriteAllText(Path.Combine(part, $"{file}"), part);
        }
    }
}
