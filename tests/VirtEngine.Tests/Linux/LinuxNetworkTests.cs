using System.Security.Cryptography;
using VirtEngine.GuestAgent;
using VirtEngine.Machines;
using VirtEngine.Networks;
using VirtTools.Tests;

namespace VirtEngine.Tests.Linux;

/// <summary>Debian machines on a switch, with the kernel's own drivers.</summary>
public sealed class LinuxNetworkTests
{
    [LinuxGuestFact]
    public async Task Two_machines_reach_each_other_through_a_switch_that_goes_and_comes_back()
    {
        using var directory = new TemporaryDirectory();
        string path = directory["net"];
        var first = new EthernetSwitch();
        var listener = new SwitchListener(first, path);
        var cable = new NetworkAdapterOptions { SwitchSocket = () => path };
        var booting = LinuxMachine.BootAsync(networks: [cable], commandLine: "virttools.address0=10.20.0.1/24");
        await using var two = await LinuxMachine.BootAsync(networks: [cable], commandLine: "virttools.address0=10.20.0.2/24");
        await using var one = await booting;

        Assert.Equal(MacAddress.For(one.Options.Id, 0).ToString(), await one.AskAsync("cat /sys/class/net/eth0/address"));
        Assert.Equal("1500", await one.AskAsync("cat /sys/class/net/eth0/mtu"));
        Assert.Equal("virtio_net", await one.AskAsync("basename $(readlink /sys/class/net/eth0/device/driver)"));
        string answer = await one.AskAsync("ping -c 3 -i 0.2 -s 1400 10.20.0.2");
        Assert.Contains("3 packets transmitted, 3 packets received, 0% packet loss", answer, StringComparison.Ordinal);

        // A stream, much larger than any queue on its way, arrives unharmed.
        byte[] content = RandomNumberGenerator.GetBytes(150_000);
        await one.WriteFileAsync("/tmp/part", content);
        string sum = await one.AskAsync("for i in $(seq 20); do cat /tmp/part; done >/tmp/whole; sha256sum </tmp/whole");
        var receiving = two.AskAsync("nc -l -p 1000 -e sha256sum");
        Assert.Equal(sum, await one.AskAsync("until nc 10.20.0.2 1000 </tmp/whole; do usleep 50000; done"));
        await receiving;

        listener.Dispose();
        first.Dispose();
        await one.AskAsync("until [ $(cat /sys/class/net/eth0/carrier) = 0 ]; do usleep 20000; done");
        using var second = new EthernetSwitch();
        using var other = new SwitchListener(second, path);
        await one.AskAsync("until [ $(cat /sys/class/net/eth0/carrier) = 1 ]; do usleep 20000; done");
        await two.AskAsync("until [ $(cat /sys/class/net/eth0/carrier) = 1 ]; do usleep 20000; done");
        await one.AskAsync("until ping -c 1 -W 1 10.20.0.2; do :; done");
        Assert.Equal(2, second.Addresses);

        // A reset brings new devices to the same cable.
        await one.Agent.ShutDownAsync(GuestPowerAction.Reboot, CancellationToken.None);
        await two.AskAsync("while ping -c 1 -W 1 10.20.0.1; do usleep 20000; done; until ping -c 1 -W 1 10.20.0.1; do :; done");
        Assert.Equal(MachineState.Running, one.Machine.State);
    }
}
