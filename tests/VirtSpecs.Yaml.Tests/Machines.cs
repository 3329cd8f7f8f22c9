using FsCheck;
using FsCheck.Fluent;

namespace VirtSpecs.Yaml.Tests;

/// <summary>Machines of every shape that the rules allow.</summary>
internal static class Machines
{
    private static readonly string[] AwkwardTexts =
    [
        "", " ", "~", "null", "true", "no", "Yes", "1", "0x1F", "1e3", ".5", "-", "- a", "a: b", "a:", "a #b", "#a", "'a'", "\"a\"", "\\",
        "&a", "*a", "!a", "%a", "@a", "`a", "{a}", "[a]", "|", ">", "? a", "---", "...", "<<", "=", "2026-01-01", "12:30:45", "a  ",
        "  a", "ä€😀", "\u00A0", "\u2028", "\uFEFFa", "\uE000", "C:\\x", "console=ttyS0 quiet", "a,b", "0b1", "1_000", ".inf", ".NaN",
    ];

    private static readonly string[] AwkwardLines =
    [
        "a\nb", "a\nb\n", "a\n\nb", "\na", "a\n", "\n", "\n\n", "a\n\n", " a\nb", "a\n b",
        "a \nb", "a\n\tb", "\ta", "a\n#b\n", "a: b\n- c", "a\n---\nb", "a\n...\n",
    ];

    private static Gen<string> Names =>
        from first in Gen.Elements("abzAZ09".ToCharArray())
        from length in Gen.Choose(0, 62)
        from rest in Gen.Elements("abcXYZ019-._".ToCharArray()).ArrayOf(length)
        select first + new string(rest);

    private static Gen<string> Lines(int maximum) => Gen.OneOf(
        Gen.Elements(AwkwardTexts),
        from length in Gen.Choose(0, maximum)
        from text in Gen.Elements(" aB0:#-?,[]{}'\"\\&*!|>%@`~=/.ä\u2028\u200B".ToCharArray()).ArrayOf(length)
        select new string(text));

    private static Gen<string> Notes => Gen.OneOf(
        Gen.Elements(AwkwardLines), Lines(40), Gen.Elements(" a\n\t:#-|".ToCharArray()).ArrayOf(12).Select(text => new string(text)));

    private static Gen<string> Paths => Lines(80).Where(path => path.Length > 0);

    private static Gen<MachineBoot> Boots =>
        from commandLine in Optional(Lines(200))
        from boot in Gen.OneOf(
            from image in Names select new MachineBoot { Image = image },
            from kernel in Paths from initrd in Optional(Paths) select new MachineBoot { Kernel = kernel, Initrd = initrd })
        select boot with { CommandLine = commandLine };

    private static Gen<MachineDisk> Disks =>
        from name in Names
        from path in Paths
        from parent in Optional(Paths)
        select new MachineDisk { Name = name, Path = path, Parent = parent };

    private static Gen<MachineNetwork> Networks =>
        from name in Names
        from address in Gen.Elements(null, "10.0.0.1/24", "fe80::1/64", "0.0.0.0/0")
        select new MachineNetwork { Switch = name, Address = address };

    private static Gen<LabelDictionary> Labels =>
        from pairs in Names.Two().Select(pair => pair.Item1).ListOf(3)
        from values in Lines(30).ListOf(3)
        select new LabelDictionary(pairs.Distinct().Zip(values, KeyValuePair.Create));

    /// <summary>Machines that can be read and written.</summary>
    public static Gen<Machine> All =>
        from name in Names
        from processors in Gen.Choose(1, 8)
        from memory in Gen.OneOf(Gen.Choose(32, 1 << 19).Select(pages => pages * 2), Gen.Constant(512))
        from profile in Gen.Elements(Enum.GetValues<MachineProfile>())
        from hypervisor in Gen.Elements<HypervisorKind?>(null, HypervisorKind.Kvm, HypervisorKind.Whp, HypervisorKind.Software)
        from boot in Boots
        from disks in Disks.ListOf(2)
        from networks in Networks.ListOf(2)
        from applications in Gen.Choose(0, 3).SelectMany(count => Names.ListOf(count))
        from autoStart in Gen.Elements(true, false)
        from timeout in Gen.OneOf(Gen.Choose(0, 86_400_000), Gen.Constant(30_000))
        from labels in Labels
        from notes in Notes
        from some in Gen.Elements(true, false)
        select new Machine
        {
            Name = name,
            Processors = processors,
            Memory = ByteSize.FromMiB(memory),
            Profile = profile,
            Hypervisor = hypervisor,
            Boot = boot,
            Disks = some ? [.. disks.DistinctBy(disk => disk.Name.ToUpperInvariant())] : [],
            Networks = some ? [.. networks] : [],
            Applications = [.. applications],
            AutoStart = autoStart,
            Stop = new() { Timeout = TimeSpan.FromMilliseconds(timeout) },
            Labels = some ? labels : LabelDictionary.None,
            Notes = notes,
        };

    private static Gen<string?> Optional(Gen<string> texts) => Gen.OneOf(Gen.Constant<string?>(null), texts.Select(text => (string?)text));
}
