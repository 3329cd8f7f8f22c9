using VirtEngine.Conformance;
using VirtEngine.Conformance.Guests;
using VirtEngine.Hypervisors;

namespace VirtEngine.Tests.Software;

public sealed class SoftwareExecutionTests : ExecutionTests<SoftwareBackend>
{
    [Fact]
    public void Triple_fault_tells_where_and_the_faults_that_led_to_it()
    {
        using var guest = new TinyGuest(SoftwareBackend.Hypervisor);
        guest.Load(64, a => a.ud2());
        guest.EnterLongMode();

        var exit = guest.Run();
        Assert.Equal((ExitReason.Shutdown, 0x8000ul, "#6(0) #13(33) #8(0) #13(43) with CR2 0x0"), (exit.Reason, exit.InstructionPointer, exit.Detail));
    }
}
