using System.Globalization;
using HardwareLab;
using VirtEngine.Tests.Linux;

namespace HardwareLabTests;

/// <summary>What others wrote, in the lab: the measure of our backend.</summary>
[Collection(LabCollection.Name)]
public sealed class PeerTests(SharedLab shared)
{
    [LabFact]
    public async Task QEMU_boots_Debians_cloud_kernel_by_KVM()
    {
        var image = LinuxGuest.Image;
        string kernel = Path.Combine(AppContext.BaseDirectory, "vmlinux-cloud");
        KernelFile.Decompress(File.ReadAllBytes(image.KernelPath), kernel);
        var (program, arguments) = BootTime.QemuKvm(kernel, image.InitrdPath!, image.CommandLine + " quiet");
        var time = await BootTime.MeasureAsync(shared.Lab, "virttools: userspace", TimeSpan.FromSeconds(60), program, arguments);
        Assert.True(time.Boot > TimeSpan.FromSeconds(0.1) && time.Start > TimeSpan.FromSeconds(0.1), $"{time}");
    }

    [LabFact]
    public async Task The_round_trip_of_an_exit_is_measured_in_C()
    {
        var trips = await RoundTrip.MeasurePeerAsync(shared.Lab, batches: 3, exits: 500);
        Assert.Equal(["port", "memory"], trips.Select(trip => trip.Exit));
        Assert.All(trips, trip => Assert.True(trip is { Exits: 500, Least: > 1_000, Median: < 10_000_000 } && trip.Median >= trip.Least, $"{trip}"));
    }

    [LabFact]
    public async Task The_cost_of_an_interrupt_is_measured_in_C()
    {
        var run = await shared.Lab.RunAsync(NativeProgram.Get("interrupt_cost"), ["1", "20"], limit: TimeSpan.FromMinutes(1));
        var lines = run.Successful().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToList();
        Assert.Equal(["away", "running", "halted"], lines.Select(line => line[0]));
        // By message, by eventfd, and a change of the routing table: none is a dash, and none is nothing.
        Assert.All(lines.SelectMany(line => line.Skip(2)), time => Assert.InRange(double.Parse(time, CultureInfo.InvariantCulture), 100, 1e9));
    }
}
