using HardwareLab;

namespace VirtBenchmarks.Figures.Kvm;

/// <summary>The machines with AMD-V in which KVM's figures are made, booted by the first figure that asks and shared by all.</summary>
internal static class BenchLab
{
    private static readonly Dictionary<bool, LabMachine> Labs = [];

    /// <summary>A lab; one whose clock counts instructions, if asked for.</summary>
    /// <exception cref="FigureUnavailableException">There can be none here.</exception>
    internal static LabMachine Get(bool instructions = false)
    {
        if (Labs.TryGetValue(instructions, out var lab)) return lab;
        if (LabMachine.Unavailable is { } reason) throw new FigureUnavailableException(reason);
        return Labs[instructions] = LabMachine.BootAsync(new LabOptions { ClockOfInstructions = instructions, Patience = TimeSpan.FromMinutes(5) })
            .GetAwaiter().GetResult();
    }

    /// <summary>Runs this program in a lab.</summary>
    /// <returns>What it printed.</returns>
    internal static string RunHere(LabMachine lab, params string[] arguments)
    {
        // Compiled at once and for good, as the worker's code is after a while.
        var environment = new Dictionary<string, string> { ["DOTNET_TieredCompilation"] = "0" };
        return lab.RunAsync(LabMachine.Dotnet, [typeof(BenchLab).Assembly.Location, .. arguments], environment, TimeSpan.FromMinutes(10))
            .GetAwaiter().GetResult().Successful().Output;
    }

    /// <summary>Ends them all.</summary>
    internal static void Close()
    {
        foreach (var lab in Labs.Values) lab.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Labs.Clear();
    }
}
