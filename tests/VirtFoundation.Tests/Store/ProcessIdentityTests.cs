using System.Diagnostics;
using VirtFoundation.Store;

namespace VirtFoundation.Tests.Store;

public sealed class ProcessIdentityTests
{
    [Fact]
    public void A_process_is_known_by_its_number_and_its_start()
    {
        var self = ProcessIdentity.Current;

        Assert.True(self.IsAlive);
        Assert.False((self with { Start = self.Start + "1" }).IsAlive);
        Assert.False(default(ProcessIdentity).IsAlive);
    }

    [Fact]
    public void A_process_that_ended_is_not_alive()
    {
        using var process = Process.Start("sleep", "0");
        process.WaitForExit();

        Assert.False(new ProcessIdentity(process.Id, ProcessIdentity.Current.Start).IsAlive);
    }
}
