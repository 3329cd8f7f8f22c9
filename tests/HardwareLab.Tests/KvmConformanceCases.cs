using LabRunner;
using VirtEngine.Conformance;

namespace HardwareLabTests;

/// <summary>The conformance suite against the KVM backend, as the lab runs it; what the lab's own processor cannot do is skipped by name.</summary>
public static class KvmConformanceCases
{
    private const string EndsItself = "QEMU 7.2 ends itself at this, in its emulation of AMD-V: ";

    private static readonly Dictionary<string, string> BeyondTheLab = new(StringComparer.Ordinal)
    {
        ["InterruptTests.Task_priority_holds_lower_messages_back"] = EndsItself + "a write to CR8 while an interrupt waits.",
        ["LegacyModeTests.User_cannot_end_the_machine_by_returning_from_a_task_that_nobody_called"] = EndsItself + "an IRET between tasks.",
        ["LegacyModeTests.User_cannot_end_the_machine_with_the_kernels_task_gate"] = EndsItself + "a task gate.",
        ["LegacyModeTests.User_cannot_end_the_machine_with_the_kernels_task_state"] = EndsItself + "a jump to a task state.",
        ["ExecutionTests.Code_that_overwrites_its_next_instruction_runs_the_new_one"] =
            "QEMU 7.2 sees a write to its own translated block only at the end of the block, in a guest's guest.",
    };

    // What belongs to the backend more than to the processor: in every run. The rest is a quarter of an hour's worth on a busy host.
    private static readonly string[] InEveryRun = ["ExitTests.", "StateTests.", "DirtyTrackingTests.", "InterruptTests."];

    public static IEnumerable<LabCase> Cases => All.Where(one => IsInEveryRun(one.Name));

    internal static IEnumerable<LabCase> Rest => All.Where(one => !IsInEveryRun(one.Name));

    private static IEnumerable<LabCase> All => ConformanceSuite.For<KvmBackend>().Select(one => new LabCase(
        one.Name, BeyondTheLab.TryGetValue(one.Name, out var reason) ? () => throw new CaseSkippedException(reason) : one.Run));

    private static bool IsInEveryRun(string name) => Array.Exists(InEveryRun, start => name.StartsWith(start, StringComparison.Ordinal));
}
