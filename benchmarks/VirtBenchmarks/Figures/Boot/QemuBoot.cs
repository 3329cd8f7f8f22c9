using System.ComponentModel;
using System.Diagnostics;

namespace VirtBenchmarks.Figures.Boot;

/// <summary>The same kernel and initial RAM disk in QEMU, with the devices that our machine has.</summary>
internal static class QemuBoot
{
    /// <summary>Boots once.</summary>
    /// <returns>From QEMU's start to the guest's userspace: time, and time of QEMU's threads on processors.</returns>
    internal static (double Seconds, double ProcessorSeconds) Run()
    {
        var image = DebianGuest.Image;
        string[] arguments =
        [
            "-accel", "tcg", "-m", $"{KernelBootFigure.MemoryMiB}", "-display", "none", "-vga", "none", "-nic", "none", "-monitor", "none",
            "-no-reboot", "-serial", "stdio", "-device", "virtio-serial", "-device", "virtio-rng-pci",
            "-kernel", image.KernelPath, "-initrd", image.InitrdPath!, "-append", image.CommandLine,
        ];
        var start = Stopwatch.GetTimestamp();
        try
        {
            using var process = Process.Start(new ProcessStartInfo("qemu-system-x86_64", arguments) { RedirectStandardOutput = true })!;
            try
            {
                while (process.StandardOutput.ReadLine() is { } line)
                {
                    if (!line.Contains(DebianGuest.UserspaceMarker, StringComparison.Ordinal)) continue;
                    return (Stopwatch.GetElapsedTime(start).TotalSeconds, process.TotalProcessorTime.TotalSeconds);
                }

                throw new InvalidOperationException("The guest did not come up in QEMU.");
            }
            finally
            {
                process.Kill();
                process.WaitForExit();
            }
        }
        catch (Win32Exception e)
        {
            throw new FigureUnavailableException($"qemu-system-x86_64: {e.Message}");
        }
    }
}
