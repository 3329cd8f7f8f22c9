using System.Diagnostics;
using VirtEngine.GuestAgent;
using VirtEngine.Machines;

namespace VirtEngine.Tests.Linux;

/// <summary>Machines that are shut down, restarted, small: each test has its own.</summary>
[Collection(LinuxCollection.Name)]      // not beside the shared machine's tests: the host has few processors
public sealed class LinuxLifeCycleTests
{
    [LinuxGuestFact]
    public async Task Power_button_shuts_a_128_MiB_machine_down_cleanly()
    {
        await using var linux = await LinuxMachine.BootAsync(mebibytes: 128);
        Assert.Equal("1", await linux.AskAsync("nproc"));
        await linux.WaitUntilPowerButtonListensAsync();
        linux.Machine.PressPowerButton();
        Assert.Contains(linux.Machine.State, (MachineState[])[MachineState.Stopping, MachineState.Stopped]);
        await linux.WaitForStateAsync(MachineState.Stopped);
        Assert.True(linux.Machine.State == MachineState.Stopped, linux.Describe("It did not stop"));
        Assert.Null(linux.Machine.Reason);
        await linux.Console.End;
        Assert.Contains("reboot: Power down", linux.Console.Text, StringComparison.Ordinal);
    }

    [LinuxGuestFact]
    public async Task Agent_restarts_the_guest_in_place_and_shuts_it_down()
    {
        await using var linux = await LinuxMachine.BootAsync(processors: 2);
        string before = await linux.AskAsync("touch /tmp/before; cat /proc/sys/kernel/random/boot_id");
        bool closed = false;
        linux.Agent.OpenChanged += open => closed |= !open;
        await linux.Agent.ShutDownAsync(GuestPowerAction.Reboot, CancellationToken.None);
        await linux.WaitUntilAsync(() => closed, "The agent's port was not closed");
        await linux.WaitForAgentAsync();
        Assert.Equal(MachineState.Running, linux.Machine.State);
        Assert.NotEqual(before, await linux.AskAsync("cat /proc/sys/kernel/random/boot_id"));
        Assert.Equal("none", await linux.AskAsync("[ -e /tmp/before ] && echo there || echo none"));
        Assert.Equal("2", await linux.AskAsync("nproc"));
        Assert.Equal(2, linux.Console.Text.Split("virttools: userspace").Length - 1);
        await linux.PowerOffAsync();
    }

    [LinuxGuestFact]
    public async Task Machine_is_turned_off_at_once_while_it_boots()
    {
        await using var linux = LinuxMachine.Start(processors: 4);
        await linux.Console.WaitForAsync("Linux version", LinuxMachine.Patience);
        var clock = Stopwatch.StartNew();
        linux.Machine.TurnOff();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"It took {clock.Elapsed}");
        Assert.Equal(MachineState.Stopped, linux.Machine.State);
    }

    [LinuxGuestFact]
    public async Task Guest_that_panics_and_restarts_can_be_turned_off()
    {
        await using var linux = LinuxMachine.Start(commandLine: "rdinit=/nonexistent root=/dev/nothing panic=-1");
        await linux.Console.WaitForAsync("Kernel panic - not syncing", LinuxMachine.Patience);
        // panic=-1 restarts at once: the kernel begins anew in the same machine.
        await linux.WaitUntilAsync(() => linux.Console.Text.Split("Linux version").Length > 2, "It did not start again");
        Assert.Equal(MachineState.Running, linux.Machine.State);
        linux.Machine.TurnOff();
        Assert.Equal(MachineState.Stopped, linux.Machine.State);
    }

    [LinuxGuestFact]
    public async Task Guest_that_panics_and_stands_does_not_hear_the_power_button()
    {
        await using var linux = LinuxMachine.Start(commandLine: "rdinit=/nonexistent root=/dev/nothing panic=0");
        await linux.Console.WaitForAsync("end Kernel panic", LinuxMachine.Patience);
        linux.Machine.PressPowerButton();
        await Task.Delay(2000);
        Assert.Equal(MachineState.Stopping, linux.Machine.State);       // the caller's patience ends, not the machine
        Assert.False(linux.Agent.IsOpen);
        linux.Machine.TurnOff();
        Assert.Equal(MachineState.Stopped, linux.Machine.State);
    }

    [LinuxGuestFact]
    public async Task Guest_that_fills_its_console_while_nobody_reads_still_works()
    {
        var image = LinuxGuest.Image;
        var options = new MachineOptions
        {
            Id = Guid.NewGuid(), Name = "unread", Memory = 128 << 20, Kernel = image.KernelPath, Initrd = image.InitrdPath, CommandLine = image.CommandLine,
        };
        using var machine = Machine.Create(options);
        await using var agent = new GuestAgentClient(machine.Agent);
        machine.Start();
        var clock = Stopwatch.StartNew();
        while (!agent.IsOpen && clock.Elapsed < LinuxMachine.Patience) await Task.Delay(20);
        var result = await agent.RunAsync(
            new GuestCommand { Path = "/bin/sh", Arguments = ["-c", "seq 1 20000 >/dev/ttyS0; echo last >/dev/ttyS0"], Timeout = LinuxMachine.Patience }, default);
        Assert.Equal(0, result.ExitCode);
        machine.TurnOff();
        // What is left is bounded, and it is the newest.
        var buffer = new byte[1 << 20];
        int length = 0;
        for (int count; (count = await machine.Console.ReadAsync(buffer.AsMemory(length), default)) > 0;) length += count;
        Assert.InRange(length, 1, 64 << 10);
        Assert.Contains("20000\r\nlast\r\n", System.Text.Encoding.ASCII.GetString(buffer, 0, length), StringComparison.Ordinal);
    }
}
