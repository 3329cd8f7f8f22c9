using VirtEngine.Hypervisors.Kvm;
using VirtTools.Tests;

namespace VirtEngine.Tests.Kvm;

/// <summary>The verdict on the host's KVM, which holds until the next boot.</summary>
public sealed class KvmProbeTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private string VerdictPath => _directory["kvm.json"];

    private static string BootId => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    private void Write(string boot, string reason, int version = 1) => File.WriteAllText(
        VerdictPath, $$"""{"formatVersion": {{version}}, "bootId": "{{boot}}", "usable": true, "reason": "{{reason}}"}""");

    [LinuxFact]
    public void Verdict_of_this_boot_is_believed()
    {
        Write(BootId, "It was kept.");
        var capabilities = new KvmProbe(() => VerdictPath).Run(3);
        Assert.Equal((true, "It was kept.", 3, true), (capabilities.Usable, capabilities.Reason, capabilities.MaximumProcessors, capabilities.Accelerated));
    }

    [KvmTheory]
    [InlineData("another boot")]
    [InlineData("newer")]
    [InlineData("damaged")]
    [InlineData("none")]
    public void Otherwise_it_is_found_out_and_kept(string what)
    {
        if (what == "another boot") Write("9c9c9c9c-0000-0000-0000-000000000000", "It was kept.");
        else if (what == "newer") Write(BootId, "It was kept.", version: 99);
        else if (what == "damaged") File.WriteAllText(VerdictPath, "{");

        var found = new KvmProbe(() => VerdictPath).Run(8);
        Assert.NotEqual("It was kept.", found.Reason);
        Assert.Contains(BootId, File.ReadAllText(VerdictPath), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(VerdictPath));
        Assert.Equal(found, new KvmProbe(() => VerdictPath).Run(8));
    }

    [KvmFact]
    public void Without_a_root_none_is_made()
    {
        var path = Path.Combine(_directory["none"], "kvm.json");
        new KvmProbe(() => path).Run(8);
        Assert.False(Directory.Exists(_directory["none"]));
    }
}
