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

    public static IEnumerable<LabCase> Cases => ConformanceSuite.For<KvmBackend>().Select(one => new LabCase(
        one.Name, BeyondTheLab.TryGetValue(one.Name, out var reason) ? () => throw new CaseSkippedException(reason) : one.Run));
}
