using System.Text;
using VirtEngine.Machines;

namespace VirtBenchmarks.Figures.Exits;

/// <summary>
/// What the whole process allocates while a booted guest writes to its serial console: all devices, the timers, the channel and its reader.
/// Buffers that are made once fall to each exit by their part, so it isn't quite nothing.
/// </summary>
internal sealed class GuestAllocationFigure : Figure
{
    private const int Lines = 400;

    private Machine? _machine;

    internal override string Name => "allocation per exit of a running guest";

    internal override string Unit => "bytes";

    internal override bool LargerIsBetter => false;

    internal override void Prepare()
    {
        var image = DebianGuest.Image;
        _machine = Machine.Create(new()
        {
            Id = Guid.NewGuid(), Name = "allocation", Memory = 256 << 20,
            Kernel = image.KernelPath, Initrd = image.InitrdPath, CommandLine = image.CommandLine + " virttools.shell",
        });
        _machine.Start();
        ConsoleText.WaitFor(_machine.Console, DebianGuest.UserspaceMarker);
        ConsoleText.WaitFor(_machine.Console, "#");
    }

    internal override double MeasureOurs()
    {
        // The quotes keep the echo of what is typed from being taken for the end.
        var line = Encoding.ASCII.GetBytes($"i=0; while [ $i -lt {Lines} ]; do i=$((i+1)); echo abcdefghijklmnopqrstuvwxyz; done; echo re''ady\n");
        var (exits, bytes) = (Exits, GC.GetTotalAllocatedBytes(precise: true));
        _machine!.Console.WriteAsync(line, default).AsTask().GetAwaiter().GetResult();
        ConsoleText.WaitFor(_machine.Console, "ready");
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        exits = Exits - exits;
        return exits > 1000 ? (double)bytes / exits : throw new InvalidOperationException($"There were {exits} exits.");
    }

    public override void Dispose()
    {
        _machine?.Dispose();
        base.Dispose();
    }

    private long Exits => _machine!.Counters.Sum(one => one.PortAccesses + one.MmioAccesses + one.Interrupts);
}
