using System.Globalization;

namespace HardwareLab;

/// <summary>How long a virtual machine in the lab took, on the lab's clock.</summary>
/// <param name="Boot">From the first KVM_RUN, as the lab's kernel traced it, until the marker was on the console.</param>
/// <param name="Start">From the start of the program that owns the machine until its first KVM_RUN.</param>
/// <param name="Console">What the program printed.</param>
public sealed record BootTime(TimeSpan Boot, TimeSpan Start, string Console)
{
    private const string Label = "boot\t";

    /// <summary>Starts a program that runs a virtual machine and writes its console to standard output; kills it at the marker.</summary>
    /// <param name="lab">Where.</param>
    /// <param name="marker">The text on the console that ends the measurement.</param>
    /// <param name="limit">When the marker must have come.</param>
    /// <param name="program">Its absolute path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables besides the usual ones.</param>
    /// <exception cref="LabException">The marker did not come, no guest ran, or the peer cannot be compiled.</exception>
    public static async Task<BootTime> MeasureAsync(
        LabMachine lab, string marker, TimeSpan limit, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(lab);
        string[] words = [limit.TotalSeconds.ToString(CultureInfo.InvariantCulture), marker, program, .. arguments];
        var run = await lab.RunAsync(NativeProgram.Get("boot_time"), words, environment, limit + TimeSpan.FromSeconds(10)).ConfigureAwait(false);
        string output = run.Successful().Output;
        int at = output.LastIndexOf(Label, StringComparison.Ordinal);
        if (at < 0 || output[at..].TrimEnd().Split('\t') is not [_, var boot, var start]) throw new LabException($"boot_time told no times:\n{output}");
        return new BootTime(Seconds(boot), Seconds(start), output[..at]);
    }

    /// <summary>QEMU's own way to boot a Linux kernel by KVM, entered by PVH.</summary>
    /// <param name="kernel">An uncompressed kernel (<see cref="KernelFile"/>).</param>
    /// <param name="initrd">The initial RAM file system.</param>
    /// <param name="commandLine">The kernel's command line.</param>
    /// <param name="processors">How many.</param>
    /// <param name="mebibytes">RAM.</param>
    public static (string Program, string[] Arguments) QemuKvm(string kernel, string initrd, string commandLine, int processors = 1, int mebibytes = 512) =>
    (
        "/usr/bin/" + Qemu.Program,
        [
            "-accel", "kvm", "-cpu", "host", "-smp", $"{processors}", "-m", $"{mebibytes}", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-serial", "stdio", "-kernel", kernel, "-initrd", initrd, "-append", commandLine,
        ]
    );

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));
}
