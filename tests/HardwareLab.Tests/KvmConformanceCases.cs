using LabRunner;
using VirtEngine.Conformance;

namespace HardwareLabTests;

/// <summary>The conformance suite against the KVM backend, as the lab runs it; what the lab's own processor cannot do is skipped by name.</summary>
public static class KvmConformanceCases
{
    private const string EndsItself = "QEMU 7.2 ends itself at this, in its emulation of AMD-V: ";
    private const string NoReservedBits = "QEMU 7.2's page fault for a reserved bit does not say that the page is present.";
    private const string WrongSelector = "QEMU 7.2 gives the place of a gate in 64-bit mode as sixteen times its number, where it is eight times.";
    private const string TakesNonCanonical = "QEMU 7.2 takes any value in a register that KVM leaves to the processor.";

    private static readonly Dictionary<string, string> BeyondTheLab = new(StringComparer.Ordinal)
    {
        ["InterruptTests.Task_priority_holds_lower_messages_back"] = EndsItself + "a write to CR8 while an interrupt waits.",
        ["LegacyModeTests.User_cannot_end_the_machine_by_returning_from_a_task_that_nobody_called"] = EndsItself + "an IRET between tasks.",
        ["LegacyModeTests.User_cannot_end_the_machine_with_the_kernels_task_gate"] = EndsItself + "a task gate.",
        ["LegacyModeTests.User_cannot_end_the_machine_with_the_kernels_task_state"] = EndsItself + "a jump to a task state.",
        ["ExecutionTests.Code_that_overwrites_its_next_instruction_runs_the_new_one"] =
            "QEMU 7.2 sees a write to its own translated block only at the end of the block, in a guest's guest.",
        ["PagingTests.No_execute_is_a_reserved_bit_while_it_is_off"] = NoReservedBits,
        ["PagingTests.PAE_paging_reaches_small_and_2_MiB_pages_and_knows_no_execute"] = NoReservedBits,
        ["PagingTests.Reserved_bits_of_a_large_page_fault"] = NoReservedBits,
        ["PagingTests.Rights_are_kept_and_the_error_code_tells_which_was_broken(35184372088833, Read, False, 9)"] = NoReservedBits,
        ["PagingTests.Rights_are_kept_and_the_error_code_tells_which_was_broken(35184372088837, Write, True, 15)"] = NoReservedBits,
        ["PagingTests.Non_canonical_addresses_are_protection_faults"] = "QEMU 7.2 knows no stack fault for an address that is not canonical.",
        ["TrapTests.Fault_points_at_its_instruction_and_trap_behind_it"] = "QEMU 7.2 does not set the resume flag in a fault's frame.",
        ["TrapTests.Gates_that_are_absent_beyond_the_limit_or_broken_fault"] = WrongSelector,
        ["TrapTests.User_may_not_raise_what_the_kernel_keeps_for_itself"] = WrongSelector,
        ["TrapTests.INT1_passes_a_gate_that_INT_n_does_not"] = "QEMU 7.2 is built without INT1.",
        ["TrapTests.System_calls_go_in_and_out"] = "QEMU 7.2 loses the arithmetic flags at SYSCALL.",
        ["TrapTests.Value_that_a_register_refuses_does_not_change_it(3221225602)"] = TakesNonCanonical,
        ["TrapTests.Value_that_a_register_refuses_does_not_change_it(3221225604)"] = TakesNonCanonical,
        ["TrapTests.Value_that_a_register_refuses_does_not_change_it(3221225728)"] = TakesNonCanonical,
    };

    public static IEnumerable<LabCase> Cases
    {
        get
        {
            var suite = ConformanceSuite.For<KvmBackend>().ToList();
            var unknown = BeyondTheLab.Keys.Except(suite.Select(one => one.Name)).ToList();
            if (unknown.Count > 0) throw new InvalidOperationException($"The suite has no {string.Join(", ", unknown)}.");
            return suite.Select(one => new LabCase(
                one.Name, BeyondTheLab.TryGetValue(one.Name, out var reason) ? () => throw new CaseSkippedException(reason) : one.Run))
                .Concat(KvmDirtyRingBackend.Cases.Select(one => new LabCase($"{one.Name} by rings", one.Run)));
        }
    }
}
