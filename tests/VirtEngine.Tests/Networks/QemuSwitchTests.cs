using System.Diagnostics;
using VirtEngine.Networks;
using VirtTools.Tests;

namespace VirtEngine.Tests.Networks;

/// <summary>A machine of QEMU plugged into our switch: its stream sockets carry frames as ours do.</summary>
public sealed class QemuSwitchTests
{
    [QemuFact]
    public void Machine_of_QEMU_asks_the_switch_for_an_address()
    {
        using var directory = new TemporaryDirectory();
        string path = directory["net"];
        using var target = new EthernetSwitch();
        using var listener = new SwitchListener(target, path);
        using var station = new Station(path);
        // Its network card's boot program sends a DHCP question (RFC 2131) to everybody.
        using var qemu = Process.Start(new ProcessStartInfo("/usr/bin/qemu-system-x86_64",
        [
            "-accel", "tcg", "-m", "64", "-display", "none", "-serial", "none", "-monitor", "none", "-boot", "n", "-no-reboot",
            "-netdev", $"stream,id=net,server=off,addr.type=unix,addr.path={path}", "-device", "e1000,netdev=net,mac=52:54:00:12:34:56",
        ]))!;
        try
        {
            byte[]? frame;
            do frame = station.Take(60_000);
            while (frame is not null && !IsDhcp(frame));
            Assert.NotNull(frame);
            Assert.Equal(Frames.Broadcast, MacAddress.Read(frame));
            Assert.Equal("52:54:00:12:34:56", MacAddress.Read(frame.AsSpan(6)).ToString());
        }
        finally
        {
            qemu.Kill();
            qemu.WaitForExit();
        }
    }

    // IPv4, UDP, to port 67.
    private static bool IsDhcp(byte[] frame) =>
        frame.Length > 42 && frame[12] == 8 && frame[13] == 0 && frame[23] == 17 && frame[36] == 0 && frame[37] == 67;
}
