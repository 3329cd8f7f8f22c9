using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using VirtEngine.Networks;
using VirtFoundation;
using VirtTools.Tests;

namespace VirtEngine.Tests.Networks;

/// <summary>TAP interfaces, with the host's own network stack at the other end.</summary>
[SupportedOSPlatform("linux")]
public sealed class TapLinkTests
{
    [LinuxFact]
    public void Missing_interface_is_told_with_what_to_do()
    {
        var failure = Assert.Throws<VirtException>(() => TapLink.Open("vt-missing"));
        Assert.Equal(VirtErrorCode.NetworkUnavailable, failure.Code);
        Assert.Contains("ip tuntap add dev vt-missing mode tap user ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no TAP interface", Assert.Throws<VirtException>(() => TapLink.Open("lo")).Message, StringComparison.Ordinal);
        Assert.Throws<VirtException>(() => TapLink.Open("a-name-of-more-than-15-letters"));
    }

    [TapFact]
    public void Host_is_at_the_other_end()
    {
        string name = $"vt{Environment.ProcessId % 1_000_000}";
        Ip($"tuntap add dev {name} mode tap");
        try
        {
            Ip($"addr add 198.51.100.1/30 dev {name}");
            Ip($"link set {name} up");
            using (var port = new NetworkPort("tap", () => null, TapLink.Open(name)))
            {
                var receiver = new Collector();
                port.Receiver = receiver;
                Assert.Contains("uses the TAP interface", Assert.Throws<VirtException>(() => TapLink.Open(name)).Message, StringComparison.Ordinal);
                // The host looks for 198.51.100.2, which nobody has.
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                socket.SendTo([1], new IPEndPoint(IPAddress.Parse("198.51.100.2"), 9));
                Assert.True(SpinWait.SpinUntil(() => receiver.HasQuestion, TimeSpan.FromSeconds(20)), "the host's stack sent nothing");
                long before = ReceivedBy(name);
                for (int i = 0; i < 3; i++) Frames.Make(Frames.Broadcast, Frames.Station(9)).CopyTo(port.Append(60));
                port.Flush();
                Assert.True(SpinWait.SpinUntil(() => ReceivedBy(name) == before + 3, TimeSpan.FromSeconds(20)), "the host's stack got nothing");
            }
            TapLink.Open(name).Dispose();       // free again
        }
        finally
        {
            Ip($"link del {name}");
        }
    }

    private static long ReceivedBy(string name) =>
        long.Parse(File.ReadAllText($"/sys/class/net/{name}/statistics/rx_packets"), CultureInfo.InvariantCulture);

    private static void Ip(string arguments)
    {
        using var process = Process.Start("ip", arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private sealed class Collector : INetworkReceiver
    {
        internal volatile bool HasQuestion;

        // ARP (RFC 826): who has 198.51.100.2?
        public bool Receive(ReadOnlySpan<byte> frame)
        {
            HasQuestion |= frame.Length >= 42 && frame[12] == 8 && frame[13] == 6 && frame[21] == 1 && frame[38..42].SequenceEqual((ReadOnlySpan<byte>)[198, 51, 100, 2]);
            return true;
        }

        public void LinkChanged() { }
    }
}
