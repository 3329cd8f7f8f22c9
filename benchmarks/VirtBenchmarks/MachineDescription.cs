using System.Runtime.InteropServices;

namespace VirtBenchmarks;

/// <summary>What the numbers were measured on.</summary>
internal sealed record MachineDescription(string Processor, int Cores, double MemoryGiB, string System, string Runtime, double? LoadBefore, DateTime Time)
{
    internal static MachineDescription Now() => new(
        ProcessorName(),
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30), 1),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        Load(),
        DateTime.UtcNow);

    public override string ToString() =>
        $"{Processor}, {Cores} cores, {MemoryGiB} GiB, {System}, {Runtime}{(LoadBefore is { } load ? $", load before: {load}" : "")}, {Time:u}";

    private static string ProcessorName() => OperatingSystem.IsLinux()
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown"
        : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown";

    // The average of the last minute: other work on the machine makes numbers worse than they are.
    private static double? Load() =>
        OperatingSystem.IsLinux() ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], global::System.Globalization.CultureInfo.InvariantCulture) : null;
}
