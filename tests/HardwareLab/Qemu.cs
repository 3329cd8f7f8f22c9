using System.Diagnostics;

namespace HardwareLab;

/// <summary>The machine that emulates AMD-V: QEMU's program and its arguments.</summary>
internal static class Qemu
{
    internal const string Program = "qemu-system-x86_64";

    // QEMU ends with its test, however that ends: the pipe to a process that was killed is closed, and the second reader kills QEMU.
    // Its clocks do not wait for it: on a busy computer a guest in it did nothing but take timer interrupts. So it goes first where it may.
    private const string Wrapper = """
        exec 3<&0
        nice -n -10 "$@" </dev/null 3<&- &
        qemu=$!
        { read -r _ <&3; kill -KILL $qemu 2>/dev/null; } &
        reader=$!
        exec 3<&-
        wait $qemu
        code=$?
        kill $reader 2>/dev/null
        exit $code
        """;

    /// <summary>Why no lab can be had here, or null.</summary>
    internal static string? Unavailable { get; } =
        !OperatingSystem.IsLinux() || System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture != System.Runtime.InteropServices.Architecture.X64
            ? "The hardware lab needs Linux on x86-64: it runs the host's own files."
        : !ExistsInPath(Program) ? $"The hardware lab needs {Program} (Debian's package qemu-system-x86), which is not installed."
        : !ExistsInPath("apt-get") ? "The hardware lab's kernel comes from Debian's packages; there is no apt-get here."
        : null;

    /// <summary>Starts it so that it dies with this process. Its console comes on standard output.</summary>
    /// <param name="image">What it boots.</param>
    /// <param name="options">Its processor and memory.</param>
    /// <param name="orders">The socket at which somebody waits for its port.</param>
    /// <param name="beat">That of <see cref="LabBeat"/>, or null.</param>
    internal static Process Start(LabImage image, LabOptions options, string orders, string? beat)
    {
        string[] arguments =
        [
            // Each beat interrupts, also while the one before was not taken.
            .. Arguments(image, options, ""), "-serial", "stdio", "-device", "virtio-serial-pci,event_idx=off",
            .. Port(orders, "orders", LabSystem.Port), .. beat is null ? [] : Port(beat, "beat", LabSystem.BeatPort),
        ];
        return Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Wrapper, "lab", Program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    /// <summary>Starts it with its console on this process's terminal, and a shell there.</summary>
    internal static Process StartShell(LabImage image, LabOptions options) =>
        Process.Start(new ProcessStartInfo(Program, [.. Arguments(image, options, LabSystem.ShellWord), "-serial", "mon:stdio"]))!;

    private static string[] Arguments(LabImage image, LabOptions options, string word) =>
    [
        "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
        .. options.ClockOfInstructions ? (string[])["-accel", "tcg,thread=single", "-icount", "shift=0,sleep=on"] : ["-accel", "tcg,thread=multi"],
        "-cpu", "EPYC,+svm,+npt", "-smp", $"{(options.ClockOfInstructions ? 1 : options.Processors)}", "-m", $"{options.Mebibytes}",
        "-kernel", image.Kernel, "-initrd", image.Initrd,
        // An oops ends the lab: what runs after one proves nothing.
        "-append", $"console=ttyS0 quiet loglevel=5 mitigations=off cryptomgr.notests oops=panic panic=-1 {word}",
        "-fsdev", "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap", "-device", "virtio-9p-pci,fsdev=host,mount_tag=host",
    ];

    private static string[] Port(string socket, string id, string name) =>
        ["-chardev", $"socket,path={socket},id={id}", "-device", $"virtserialport,chardev={id},name={name}"];

    private static bool ExistsInPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
