using System.Globalization;
using HardwareLab;
using VirtEngine.Images;
using VirtSpecs;

namespace VirtBenchmarks.Figures.Kvm;

/// <summary>
/// Random reads and writes of 4 KiB by a guest in the lab, one at a time and past its page cache (<c>disk_load.cpp</c>), on a raw file in memory; beside
/// the same guest with QEMU's virtio-blk.
/// </summary>
/// <param name="bus">Our device.</param>
/// <param name="node">The guest's name of it.</param>
internal abstract class DiskLoadFigure(DiskBus bus, string node) : Figure
{
    private const string End = "\tend";
    private const int DiskMiB = 32, Operations = 2000;
    private const string QemuNode = "/dev/vda";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("virttools-bench");
    private LabWorker? _worker;
    private string _kernel = "", _initrd = "", _disk = "";

    internal override string Name => $"random 4 KiB by {bus} and KVM";

    internal override string Unit => "op/s";

    internal override bool LargerIsBetter => true;

    internal override string Peer => "QEMU virtio-blk";

    internal override double? GoalRatio => 0.9;

    internal override void Prepare()
    {
        // In memory: what is compared is the way to the file.
        _disk = Path.Combine("/dev/shm", $"{_directory.Name}.raw");
        File.WriteAllBytes(_disk, new byte[DiskMiB << 20]);
        _initrd = Path.Combine(_directory.FullName, "initrd");
        MakeInitrd(_initrd);
        _kernel = Path.Combine(_directory.FullName, "vmlinux");
        KernelFile.Decompress(File.ReadAllBytes(DebianGuest.Image.KernelPath), _kernel);
        _worker = new LabWorker(CommandLine(node), _initrd, new MachineDisk { Name = "load", Path = _disk, Bus = bus });
        BenchLab.Get().RunAsync("/usr/bin/truncate", ["-s", $"{DiskMiB}M", _disk]).GetAwaiter().GetResult().Successful();
    }

    internal override double MeasureOurs() => Parse(_worker!.Boot(BenchLab.Get(), End, Limit));

    internal override double MeasurePeer()
    {
        var (program, arguments) = BootTime.QemuKvm(_kernel, _initrd, CommandLine(QemuNode), mebibytes: LabWorker.MemoryMiB);
        string[] disk = ["-object", "iothread,id=io", "-drive", $"file={_disk},if=none,format=raw,id=load", "-device", "virtio-blk-pci,drive=load,iothread=io"];
        return Parse(BootTime.MeasureAsync(BenchLab.Get(), End, Limit, program, [.. arguments, .. disk]).GetAwaiter().GetResult());
    }

    public override void Dispose()
    {
        _worker?.Dispose();
        if (_disk.Length > 0) File.Delete(_disk);
        _directory.Delete(recursive: true);
        base.Dispose();
    }

    private static string CommandLine(string node) => $"console=ttyS0 quiet rdinit=/load load={node}";

    private static double Parse(BootTime time)
    {
        string line = time.Console.Split('\n').Last(line => line.StartsWith("load\t", StringComparison.Ordinal));
        return double.Parse(line.Split('\t')[1], CultureInfo.InvariantCulture);
    }

    // The guest's own, and behind it another archive with the program: the kernel unpacks one after the other.
    private static void MakeInitrd(string path)
    {
        var script = $"""
            #!/bin/sh
            export PATH=/usr/sbin:/usr/bin
            mount -t devtmpfs devtmpfs /dev
            mount -t proc proc /proc
            mount -t sysfs sysfs /sys
            modprobe virtio_pci
            modprobe -a -q $(cat /sys/bus/virtio/devices/*/modalias)
            for word in $(cat /proc/cmdline); do case $word in load=*) node=$(echo $word | cut -d= -f2) ;; esac; done
            until [ -b $node ]; do usleep 10000; done
            /disk_load $node {Operations} 2>&1
            sleep 100

            """;
        File.Copy(DebianGuest.Image.InitrdPath!, path);
        using var file = new FileStream(path, FileMode.Append);
        while (file.Position % 4 != 0) file.WriteByte(0);
        var archive = new CpioWriter(file);
        archive.AddFile("load", 0x1ED, System.Text.Encoding.UTF8.GetBytes(script));
        archive.AddFile("disk_load", 0x1ED, File.ReadAllBytes(NativeProgram.Get("disk_load")));
        archive.Finish();
    }
}
