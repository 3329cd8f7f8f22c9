using VirtEngine.Conformance;
using VirtEngine.Conformance.Guests;

namespace VirtEngine.Tests.Software;

/// <summary>An exit to the bus takes nothing from the heap.</summary>
public sealed class ExitAllocationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Two_hundred_thousand_exits_allocate_nothing(bool mmio)
    {
        using var loop = mmio ? ExitLoop.OfMmio(SoftwareBackend.Hypervisor, 4, 200_000) : ExitLoop.OfPorts(SoftwareBackend.Hypervisor, 4, 200_000);
        // The last two rounds: whatever is made once is there by then.
        Assert.Equal([0, 0], loop.Run()[2..]);
    }
}
