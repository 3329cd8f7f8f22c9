namespace VirtEngine.Tests.Images;

/// <summary>The image in a machine that others wrote.</summary>
[Collection("Debian image")]
public sealed class GuestTests(DebianImage debian)
{
    [Fact]
    public void The_guest_comes_up_answers_commands_and_powers_off_when_asked()
    {
        using var guest = new QemuGuest(debian.Image, "virttools.hostname=web01");
        guest.WaitForConsole("virttools: userspace");
        guest.Synchronize(4711);
        Assert.Empty(guest.Ask("{\"execute\":\"guest-ping\"}").AsObject());
        Assert.Equal((3, "web01\n", "oops\n"), guest.Execute("hostname; echo oops >&2; exit 3"));
        var (_, release, _) = guest.Execute("uname -r");
        Assert.StartsWith(release.Trim(), debian.Image.KernelVersion, StringComparison.Ordinal);
        Assert.Equal("debian", (string?)guest.Ask("{\"execute\":\"guest-get-osinfo\"}")["id"]);
        var (_, loaded, _) = guest.Execute("lsmod");
        Assert.Contains("virtio_rng", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("virtio_net", loaded, StringComparison.Ordinal); // there is no such device

        // PID 1 reaps what loses its parent; busybox's init looks once a second.
        Assert.Equal("3\n", guest.Execute("for i in 1 2 3; do (sleep 0.3 &) ; done; pidof sleep | wc -w").Output);
        Assert.True(SpinWait.SpinUntil(() => guest.Execute("grep -l ' (sleep) ' /proc/[0-9]*/stat").ExitCode != 0, TimeSpan.FromSeconds(10)));

        guest.SendToAgent("{\"execute\":\"guest-shutdown\"}");
        Assert.True(guest.WaitForExit(), guest.Console);
        Assert.Contains("Power down", guest.Console, StringComparison.Ordinal);
    }

    [Fact]
    public void The_agent_comes_back_and_the_power_button_works()
    {
        using var guest = new QemuGuest(debian.Image, "virttools.shell");
        guest.WaitForConsole("virttools: userspace");
        guest.Synchronize(1000);
        string before = guest.Execute("pidof qemu-ga").Output;
        guest.Type("kill -9 $(pidof qemu-ga); echo killed it''");
        guest.WaitForConsole("killed it\n");
        guest.Synchronize(2000);
        Assert.NotEmpty(before);
        Assert.NotEqual(before, guest.Execute("pidof qemu-ga").Output);
        guest.PressPowerButton();
        Assert.True(guest.WaitForExit(), guest.Console);
        Assert.Contains("Power down", guest.Console, StringComparison.Ordinal);
    }
}
