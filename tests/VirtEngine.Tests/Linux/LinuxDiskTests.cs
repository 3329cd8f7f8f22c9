using System.Diagnostics;
using VirtEngine.Images;
using VirtEngine.Machines;
using VirtSpecs;
using VirtTools.Tests;

namespace VirtEngine.Tests.Linux;

/// <summary>Debian's kernel with its root on a raw disk, by its own drivers for NVMe and virtio.</summary>
[Collection(LinuxCollection.Name)]      // not beside the shared machine's tests: the host has few processors
public sealed class LinuxDiskTests : IDisposable
{
    private const long RootSize = 96 << 20, DataSize = 64 << 20;

    private const int MostReports = 40;

    private static readonly string[] Load =
    [
        "dd if=/tmp/part of=/root/noise bs=64k; sync",
        "dd if=/tmp/part of=/dev/vda bs=64k seek=$((512 + $(od -An -N1 -tu1 /dev/urandom))) conv=notrunc,fsync",
        "echo 3 >/proc/sys/vm/drop_caches; cat /root/noise /root/f*; dd if=/dev/vda bs=64k count=64",
    ];

    private readonly TemporaryDirectory _directory = new();

    private string MakeRoot()
    {
        string path = _directory["root.raw"];
        LinuxGuest.MakeDisk(path, RootSize);
        return path;
    }

    private static MachineOptions Options(string kernel, string root, params DiskOptions[] more) => new()
    {
        Id = new Guid("0b54cb4b-6a07-47b0-8a3c-3bdb1ae6a1c7"),
        Name = "disks",
        Processors = 2,
        Memory = 192 << 20,
        Kernel = kernel,
        CommandLine = DebianImageBuilder.DiskCommandLine,
        Disks = [new DiskOptions { Name = "root", Path = root }, .. more],
    };

    [LinuxGuestFact]
    public async Task Debian_starts_from_nvme_without_initramfs_and_uses_its_disks()
    {
        string root = MakeRoot(), data = _directory["data.raw"], sealedData = _directory["sealed.raw"];
        Assert.Equal(0, Check(root));
        File.WriteAllBytes(data, new byte[DataSize]);
        File.WriteAllBytes(sealedData, new byte[1 << 20]);
        await using (var linux = await LinuxMachine.BootAsync(Options(LinuxGuest.Image.KernelPath, root,
            new DiskOptions { Name = "data", Path = data, Bus = DiskBus.Virtio }, new DiskOptions { Name = "sealed", Path = sealedData, ReadOnly = true })))
        {
            Assert.Matches("/dev/(nvme0n1|root) / ext4", await linux.AskAsync("cat /proc/mounts"));
            Assert.Equal("0:0 755", await linux.AskAsync("stat -c '%u:%g %a' /init"));
            Assert.Equal("0 1", await linux.AskAsync("echo $(cat /sys/block/nvme0n1/ro /sys/block/nvme0n2/ro)"));
            Assert.Equal("data", await linux.AskAsync("cat /sys/block/vda/serial"));
            Assert.Equal("2", await linux.AskAsync("ls -d /sys/block/vda/mq/* | wc -l"));
            Assert.Equal("write back", await linux.AskAsync("cat /sys/block/nvme0n1/queue/write_cache"));

            // Random bytes cost a software CPU long: a few of them, four times.
            await linux.AskAsync("dd if=/dev/urandom of=/tmp/part bs=1M count=2 2>/dev/null; for i in 1 2 3 4; do cat /tmp/part; echo $i; done | head -c 8388608 >/tmp/source");
            foreach (string device in (string[])["/dev/vda", "/root/file"])
            {
                await linux.AskAsync($"dd if=/tmp/source of={device} bs=128k conv=fsync 2>/dev/null");
                await linux.AskAsync("echo 3 >/proc/sys/vm/drop_caches");
                Assert.Equal("same", await linux.AskAsync($"head -c 8388608 {device} | cmp - /tmp/source && echo same"));
            }
            await linux.AskAsync("blkdiscard -o 1048576 -l 4194304 /dev/vda; rm /root/file; fstrim /");
            Assert.Equal("zeroes", await linux.AskAsync("dd if=/dev/vda bs=1M skip=1 count=4 2>/dev/null | tr -d '\\0' | wc -c | grep -qx 0 && echo zeroes"));
            Assert.Equal("refused", await linux.AskAsync("dd if=/dev/zero of=/dev/nvme0n2 bs=4k count=1 conv=fsync 2>/dev/null || echo refused"));
            Assert.DoesNotMatch("I/O error|nvme.*timeout|critical", await linux.AskAsync("dmesg"));
            await linux.PowerOffAsync();
        }
        Assert.Equal(0, Check(root));
    }

    [LinuxGuestFact]
    public Task No_flushed_write_is_lost_when_the_process_of_a_loaded_machine_is_killed() => KillAsync(reports: 5);

    [NightlyFact]
    public async Task No_flushed_write_is_lost_wherever_the_process_is_killed()
    {
        for (int reports = 1; reports <= MostReports; reports += 3) await KillAsync(reports);
    }

    // Four processors write, flush and read files on NVMe and blocks on virtio at the same time; what one of them has flushed is reported.
    private async Task KillAsync(int reports)
    {
        string root = MakeRoot(), data = _directory["data.raw"], report = _directory["report"];
        File.WriteAllBytes(data, new byte[DataSize]);
        File.WriteAllText(report, "");
        using (var process = ProcessAside.Start(typeof(LinuxDiskTests), nameof(WriteUntilKilled), [LinuxGuest.Image.KernelPath, root, data, report]))
        {
            var (errors, output) = (process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
            var limit = Stopwatch.StartNew();
            while (File.ReadAllLines(report).Length < reports && !process.HasExited && limit.Elapsed < LinuxMachine.Patience) await Task.Delay(20);
            bool ended = process.HasExited;
            if (!ended) process.Kill();
            await process.WaitForExitAsync();
            Assert.False(ended, $"It ended: {await errors + await output}");
        }
        // The last line may have been on its way.
        string[] flushed = [.. File.ReadAllText(report).Split('\n').SkipLast(1)];
        Assert.InRange(flushed.Length, reports, MostReports);
        await using var linux = await LinuxMachine.BootAsync(LoadOptions(LinuxGuest.Image.KernelPath, root, data) with { Processors = 1 });
        foreach (var (line, number) in flushed.Select((line, number) => (line, number)))
            Assert.Equal(line, await linux.AskAsync($"{Read(number)} | sha256sum"));
        await linux.PowerOffAsync();
        Assert.Equal(0, Check(root));
    }

    /// <summary>Writes and syncs, with other load under way, and tells the sums; runs in a process of its own.</summary>
    public static void WriteUntilKilled(string kernel, string root, string data, string report) => WriteAsync(kernel, root, data, report).GetAwaiter().GetResult();

    private static MachineOptions LoadOptions(string kernel, string root, string data) =>
        Options(kernel, root, new DiskOptions { Name = "data", Path = data, Bus = DiskBus.Virtio }) with { Processors = 4 };

    // By turns a file on NVMe and a block of 64 KiB on virtio.
    private static string Read(int number) => number % 2 == 0 ? $"cat /root/f{number}" : $"dd if=/dev/vda bs=64k skip={number} count=1 2>/dev/null";

    private static string Write(int number) => number % 2 == 0
        ? $"dd if=/dev/urandom of=/root/f{number} bs=4k count={1 + number * 7 % 50} 2>/dev/null; sync /root/f{number}; sync"
        : $"dd if=/dev/urandom of=/tmp/block bs=64k count=1 2>/dev/null; dd if=/tmp/block of=/dev/vda bs=64k seek={number} conv=notrunc,fsync 2>/dev/null";

    private static async Task WriteAsync(string kernel, string root, string data, string report)
    {
        await using var linux = await LinuxMachine.BootAsync(LoadOptions(kernel, root, data));
        await linux.AskAsync("dd if=/dev/urandom of=/tmp/part bs=64k count=16 2>/dev/null");
        foreach (string load in Load) await linux.AskAsync($"(while :; do {load}; done) >/dev/null 2>&1 &");
        for (int number = 0; number < MostReports; number++)
            File.AppendAllText(report, await linux.AskAsync($"{Write(number)}; {Read(number)} | sha256sum") + "\n");
        await Task.Delay(Timeout.Infinite);
    }

    private static int Check(string disk)
    {
        using var process = Process.Start(new ProcessStartInfo("/usr/sbin/e2fsck", ["-f", "-n", disk]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        errors.Wait();
        return process.ExitCode;
    }

    public void Dispose() => _directory.Dispose();
}
