using VirtEngine.Machines;
using VirtEngine.Store;
using VirtFoundation.Store;
using VirtWorker.Machines;

namespace FakeWorker;

internal sealed class FakeMachineFactory : IMachineFactory
{
    public IMachine Create(MachineRecord record, VirtRoot root)
    {
        var script = FakeScript.Parse(record.Spec.Boot.CommandLine ?? "");
        return script.Throws switch
        {
            null => new FakeMachine(script),
            "missing" => throw new FileNotFoundException("Could not find the kernel '/nowhere/vmlinuz'."),
            "invalid" => throw new InvalidDataException("'/bin/true' is no kernel: it has no bzImage header."),
            "memory" => throw new InsufficientMemoryException(),
            "die" => Die(),
            var other => throw new NotSupportedException($"The hypervisor '{other}' is unknown."),
        };
    }

    private static FakeMachine Die()
    {
        Environment.FailFast("the worker dies while it builds its machine");
        return null!;
    }
}
