using System.Text;
using AppLayer.Registry;
using AppLayer.Store;
using VirtSpecs;
using VirtTools.Tests;

namespace AppLayer.Tests.Store;

public sealed class LayerCheckTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    public static TheoryData<string, FindingCode> Damages => new()
    {
        { "echo changed > tree/f", FindingCode.ContentDiffers },
        { "printf xontent > tree/f; touch -d 2001-01-01 tree/f", FindingCode.ContentDiffers },
        { "chmod 600 tree/f", FindingCode.MetadataDiffers },
        { "chown 3:3 tree/d", FindingCode.MetadataDiffers },
        { "touch tree/d", FindingCode.MetadataDiffers },
        { "touch -h -d 2002-02-02 tree/link", FindingCode.MetadataDiffers },
        { "ln -sfn elsewhere tree/link", FindingCode.MetadataDiffers },
        { "setfattr -n user.new -v x tree/f", FindingCode.MetadataDiffers },
        { "setfattr -n user.overlay.opaque -v y tree/d", FindingCode.MetadataDiffers },
        { "rm tree/g", FindingCode.FileMissing },
        { "rm tree/g; ln tree/f tree/g", FindingCode.MetadataDiffers },
        { "rm tree/g; mkdir tree/g", FindingCode.MetadataDiffers },
        { "echo more > tree/more", FindingCode.FileUnknown },
        { "mkfifo tree/pipe", FindingCode.FileUnknown },
        { "printf ' ' >> files.jsonl", FindingCode.ManifestDamaged },
        { "rm files.jsonl", FindingCode.ManifestDamaged },
        { "sed -i 's/\"mode\":420/\"mode\":421/' files.jsonl", FindingCode.DigestDiffers },
        { "printf x | dd of=registry.hiv bs=1 seek=5000 conv=notrunc status=none", FindingCode.RegistryDamaged },
        { "rm registry.hiv", FindingCode.RegistryDamaged },
    };

    [LinuxTheory]
    [MemberData(nameof(Damages))]
    public void Change_of_any_kind_is_found(string damage, FindingCode code)
    {
        if (!Environment.IsPrivilegedProcess && damage.StartsWith("chown", StringComparison.Ordinal)) return;
        _fixture.Shell("printf content > f; echo g > g; mkdir d; ln -s f link; touch -h -d 2001-01-01 f g d link");
        var registry = new RegistryKey("");
        registry.Create(@"Machine\Software\Demo");
        var layer = _fixture.Commit(registry: registry);
        Assert.True(_fixture.Store.Test(layer.Id).IsSound);

        _fixture.Shell($"cd '{layer.Directory}'; {damage}");

        var check = _fixture.Store.Test(layer.Id);
        Assert.False(check.IsSound);
        Assert.Contains(check.Findings, finding => finding.Code == code && finding.Severity == FindingSeverity.Error);
    }

    [LinuxFact]
    public void What_is_bound_to_this_machine_is_found_in_a_Windows_layer()
    {
        _fixture.Shell("mkdir -p 'drive_c/Program Files/Demo'; cd 'drive_c/Program Files/Demo'; ln -s /root/Documents out; ln -s ../Demo/x in; echo 1 > 'aux.txt'; echo 1 > 'dot.'; echo q > 'q?'");
        var program = new byte[(1 << 20) + 100];
        Encoding.ASCII.GetBytes(@"c:\PROGRAM FILES\demo").CopyTo(program, 1000);
        // Across the seam of two blocks.
        Encoding.Unicode.GetBytes(@"C:\users\user\AppData").CopyTo(program, (1 << 20) - 11);
        Encoding.ASCII.GetBytes("S-1-5-21-0-0-0-1000").CopyTo(program, (1 << 20) + 60);
        File.WriteAllBytes(Path.Combine(_fixture.Source, "drive_c/Program Files/Demo/demo.exe"), program);

        var check = _fixture.Store.Test(_fixture.Commit(platform: LayerPlatform.Windows).Id);

        Assert.True(check.IsSound);
        Assert.False(check.IsPortable);
        const string Demo = "{ProgramFiles}/Demo/";
        Has(FindingCode.PathInContent, Demo + "demo.exe", "at byte 1000");
        Has(FindingCode.UserInContent, Demo + "demo.exe", $"at byte {(1 << 20) - 11}");
        Has(FindingCode.UserInContent, Demo + "demo.exe", $"at byte {(1 << 20) + 60}");
        Assert.Equal(3, check.Findings.Count(finding => finding.Path == Demo + "demo.exe"));
        Has(FindingCode.LinkOutside, Demo + "out", "/root/Documents");
        Assert.DoesNotContain(check.Findings, finding => finding.Path == Demo + "in");
        Has(FindingCode.NameIllegalOnWindows, Demo + "aux.txt", "device");
        Has(FindingCode.NameIllegalOnWindows, Demo + "dot.", "dot");
        Has(FindingCode.NameIllegalOnWindows, Demo + "q?", "characters");

        void Has(FindingCode code, string path, string text) => Assert.Contains(check.Findings,
            finding => finding.Code == code && finding.Path == path && finding.Message.Contains(text, StringComparison.Ordinal));
    }

    [LinuxFact]
    public void What_is_bound_to_this_machine_is_found_in_a_Linux_layer()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        _fixture.Shell($"printf 'cache={home}/x' > conf; ln -s {home}/x home; ln -s /usr/bin/env env; setfattr -n user.x -v y conf; echo 1 > a; echo 2 > A");
        if (Environment.IsPrivilegedProcess) _fixture.Shell("echo 1 > owned; chown 1234:5678 owned");

        var check = _fixture.Store.Test(_fixture.Commit().Id);

        Assert.True(check.IsSound);
        var found = check.Findings.Select(finding => (finding.Code, finding.Path)).ToHashSet();
        Assert.Contains((FindingCode.UserInContent, "{Root}/conf"), found);
        Assert.Contains((FindingCode.LinkOutside, "{Root}/home"), found);
        Assert.DoesNotContain((FindingCode.LinkOutside, "{Root}/env"), found);
        Assert.Contains((FindingCode.ExtendedAttribute, "{Root}/conf"), found);
        Assert.Contains((FindingCode.NameCase, "{Root}/a"), found);
        if (Environment.IsPrivilegedProcess) Assert.Contains((FindingCode.Owner, "{Root}/owned"), found);
    }

    [LinuxFact]
    public void Many_findings_of_a_kind_are_counted_not_listed()
    {
        _fixture.Shell("for i in $(seq 300); do : > f$i; done");
        var layer = _fixture.Commit();
        _fixture.Shell($"chmod 600 '{layer.Directory}'/tree/f*");

        var findings = _fixture.Store.Test(layer.Id).Findings;

        Assert.Equal(FindingList.MostOfAKind + 1, findings.Count(finding => finding.Code == FindingCode.MetadataDiffers));
        Assert.Contains(findings, finding => finding.Message == "100 more of this kind");
    }
}
