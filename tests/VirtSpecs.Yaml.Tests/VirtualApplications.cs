using FsCheck;
using FsCheck.Fluent;
using static VirtSpecs.Yaml.Tests.Texts;

namespace VirtSpecs.Yaml.Tests;

/// <summary>Layers and applications of every shape that the rules allow.</summary>
internal static class VirtualApplications
{
    private static Gen<string> Versions => Gen.Elements("1", "22.23.3", "1.10", "1e3", "0x1F", "2026-01-01", "12_30", "1.0-rc1+b", "no", "null");

    private static Gen<string> Rooted =>
        Gen.Elements("{Root}", @"{ProgramFiles}\nodejs", "{Temp}/a: b #c", @"{Documents}\'a'", "{AppData}/ä€😀/{x}");

    private static Gen<string> Patterns =>
        Gen.Elements("{Temp}/**", "**/*", "**", @"HKCU\Software\X\**", @"HKU\.DEFAULT", "{Root}/a?/*: #", @"HKLM\a/b: c");

    private static Gen<LayerReference> References =>
        from name in Names
        from version in Optional(Versions)
        select new LayerReference(name, version);

    private static Gen<LabelDictionary> Variables =>
        from names in Gen.Elements("PATH", "ProgramFiles(x86)", "a.b[0]", " ", "1", "null", "ä: #", "- a", "{x}", "\"").ListOf(3)
        from values in Notes.ListOf(3)
        select new LabelDictionary(names.Distinct().Zip(values, KeyValuePair.Create));

    private static Gen<LayerSource> Captures =>
        from command in Gen.OneOf(Gen.Elements("dpkg", "node-setup.exe", @"C:\a\b.msi"), Paths.Where(path => path[0] != '{'), Rooted)
        from arguments in Notes.ListOf(2)
        from directory in Optional(Rooted)
        from environment in Variables
        from milliseconds in Gen.Choose(0, 86_400_000)
        from layers in References.ListOf(2)
        select new LayerSource
        {
            Capture = new()
            {
                Command = command,
                Arguments = [.. arguments],
                WorkingDirectory = directory,
                Environment = environment,
                Timeout = milliseconds < 1000 ? null : TimeSpan.FromMilliseconds(milliseconds),
            },
            Layers = [.. layers.Distinct()],
        };

    private static Gen<(LayerPlatform Platform, LayerSource From)> Contents =>
        from directory in Paths
        from target in Optional(Rooted)
        from registryFile in Optional(Paths)
        from packages in Gen.Elements("hello", "libstdc++6", "./x.deb", "a b.deb", "-/").ListOf(2)
        from platform in Gen.Elements(Enum.GetValues<LayerPlatform>())
        select (platform, platform == LayerPlatform.Windows
            ? new LayerSource { Directory = directory, Target = target, RegistryFile = registryFile }
            : new LayerSource { Directory = directory, Target = target, Packages = [.. packages] });

    /// <summary>Layers that can be read and written.</summary>
    public static Gen<Layer> Layers =>
        from name in Names
        from version in Versions
        from source in Gen.OneOf(
            Contents,
            from capture in Captures
            from platform in Gen.Elements(Enum.GetValues<LayerPlatform>())
            select (Platform: platform, From: capture))
        from exclude in Patterns.ListOf(2)
        from include in Patterns.ListOf(1)
        from some in Gen.Elements(true, false)
        from labels in Labels
        from notes in Notes
        select new Layer
        {
            Name = name,
            Version = version,
            Platform = source.Platform,
            From = source.From,
            Rules = some ? new() { Exclude = [.. exclude], Include = [.. include] } : new(),
            Labels = labels,
            Notes = notes,
        };

    /// <summary>Applications that can be read and written.</summary>
    public static Gen<Application> Applications =>
        from name in Names
        from first in References
        from others in References.ListOf(2)
        from command in Gen.OneOf(Rooted, Gen.Elements("node", "/usr/bin/hello", @"C:\a b\c.exe", "a.b - c#d"))
        from arguments in Notes.ListOf(2)
        from directory in Optional(Gen.OneOf(Rooted, Gen.Elements("/", @"C:\")))
        from environment in Variables
        from activation in Gen.Elements(Enum.GetValues<ApplicationActivation>())
        from writable in Gen.Elements(Enum.GetValues<WritablePolicy>())
        from rules in Rules.ListOf(2)
        from some in Gen.Elements(true, false)
        select new Application
        {
            Name = name,
            Layers = [.. others.Prepend(first).Distinct()],
            Command = command,
            Arguments = some ? [.. arguments] : [],
            WorkingDirectory = directory,
            Environment = some ? environment : LabelDictionary.None,
            Activation = activation,
            Writable = writable,
            Rules = some ? [.. rules] : [],
        };

    private static Gen<IsolationRule> Rules =>
        from path in Gen.OneOf(Rooted, Gen.Elements(@"HKCU\Software\Demo", "HKLM", @"HKU\.DEFAULT\a: b"))
        from mode in Gen.Elements(Enum.GetValues<IsolationMode>())
        let rule = new IsolationRule { Path = path, Mode = mode }
        where !(rule.IsRegistryKey && mode == IsolationMode.PassThrough)
        select rule;
}
