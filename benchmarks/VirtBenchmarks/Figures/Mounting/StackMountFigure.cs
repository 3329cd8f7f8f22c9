using System.Globalization;
using AppLayer.Mounting;
using VirtFoundation.Launching;

namespace VirtBenchmarks.Figures.Mounting;

/// <summary>One overlay over 50 layers with a writable directory: what 99 of 100 mounts need at most, in a namespace of a running process.</summary>
internal sealed class StackMountFigure : Figure
{
    private const int Directories = 5, Files = 20;

    private DirectoryInfo? _directory;
    private NamespaceKind _kind;

    internal override string Name => "mounting a stack of 50 layers, 99 of 100";

    internal override string Unit => "ms";

    internal override bool LargerIsBetter => false;

    internal override double? Goal => 5;

    internal override string Peer => "mount(8)";

    internal override void Prepare()
    {
        var support = NamespaceSupport.Probe();
        _kind = support.Lack is null ? support.Kind : throw new FigureUnavailableException(support.Lack);
        _directory = Directory.CreateTempSubdirectory("virttools-bench");
        foreach (var name in (string[])["u", "k", "m"]) _directory.CreateSubdirectory(name);
        for (var layer = 0; layer < StackMount.Layers; layer++)
        {
            for (var i = 0; i < Directories; i++)
            {
                var directory = _directory.CreateSubdirectory($"{layer}/usr/d{i}").FullName;
                for (var file = 0; file < Files; file++) File.WriteAllText(Path.Combine(directory, $"l{layer}f{file}"), Name);
            }
        }
    }

    internal override double MeasureOurs() => Measure(StackMount.Ours);

    internal override double MeasurePeer() => Measure(StackMount.Peer);

    public override void Dispose()
    {
        // The kernel's own directory below the work directory is closed to everyone but root.
        if (_directory is not null) Work.Run("rm", "-rf", "--one-file-system", _directory.FullName);
        base.Dispose();
    }

    private double Measure(string who)
    {
        var command = NamespaceCommand.Around(
            new WorkerCommand("dotnet", [typeof(StackMountFigure).Assembly.Location, StackMount.Verb, who, _directory!.FullName]), _kind);
        return double.Parse(Work.Read(command.Program, [.. command.Arguments]), CultureInfo.InvariantCulture);
    }
}
