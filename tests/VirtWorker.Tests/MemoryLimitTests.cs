using VirtFoundation;

using VirtWorker.Machines;

namespace VirtWorker.Tests;

public sealed class MemoryLimitTests
{
    [Fact]
    public void A_machine_larger_than_the_computer_is_refused_before_it_starts()
    {
        EngineMachineFactory.CheckMemory(8UL << 30, 8UL << 30);

        var refused = Assert.Throws<InsufficientMemoryException>(() => EngineMachineFactory.CheckMemory(1UL << 40, 8UL << 30));
        var told = MachineFault.From(refused, "web01");

        Assert.Equal(VirtErrorCode.OutOfMemory, told.Code);
        Assert.Equal("There is not enough memory for 'web01': It asks for 1048576 MiB, and this computer has 8192 MiB.", told.Message);
    }
}
