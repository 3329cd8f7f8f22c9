using System.Text;
using AppLayer.Registry;
using AppLayer.Registry.Stacking;
using AppLayer.Registry.Text;
using AppLayer.Registry.Tokens;
using AppLayer.Registry.Views;
using AppLayer.Wine;

namespace AppLayer.Tests.Wine;

public sealed class WineCompositionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wine-registry").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Text_is_composed_as_trees_are()
    {
        for (var seed = 0; seed < 1000; seed++)
        {
            var random = new Random(seed);
            WineRegistries.Write(WineRegistries.Tree(random, isLayer: false), _folder);
            var layers = Enumerable.Range(0, random.Next(4)).Select(_ => WineRegistries.Tree(random, isLayer: true)).ToArray();
            var composed = WinePrefixRegistry.Load(_folder).Compose(Named(layers), WineRegistries.Tokens);
            var expected = WineRegistries.Compose(layers, _folder);
            foreach (var root in RegistryRoots.All)
            {
                Same($"seed {seed}, {root.Root}", WineRegistries.Bytes(expected, root), composed.Bytes(root.Root).Span);
            }
        }
    }

    [Fact]
    public void What_a_run_changed_is_found_in_text_as_in_trees()
    {
        var tokens = new RegistryTokens(WineRegistries.Tokens);
        for (var seed = 0; seed < 1000; seed++)
        {
            var random = new Random(seed);
            var before = WineRegistries.Tree(random, isLayer: false);
            WineRegistries.Write(before, _folder);
            before = WineRegistries.ReadTree(_folder);
            var earlier = WinePrefixRegistry.Load(_folder);
            _ = earlier.Bytes(RegistryRoot.Machine);
            var after = RegistryTree.Copy(before);
            Edit(after, random);
            var edited = Directory.CreateDirectory(Path.Combine(_folder, "after")).FullName;
            WineRegistries.Write(after, edited);
            after = WineRegistries.ReadTree(edited);

            var changes = WinePrefixRegistry.Load(edited).Since(earlier, WineRegistries.Tokens, []);
            var (first, second) = (TimesOfSections(before), TimesOfSections(after));
            Align(first, second);
            var expected = tokens.Tokenise(RegistryDifference.Between(first, second));
            Assert.True(RegistryTree.ContentEquals(expected, changes), $"seed {seed}");

            // And it does what it is for.
            var composed = earlier.Compose(Named(changes), WineRegistries.Tokens);
            foreach (var root in RegistryRoots.All)
            {
                Assert.True(WithoutTimes(WineRegistries.Bytes(after, root)) == WithoutTimes(composed.Bytes(root.Root).Span), $"seed {seed}, {root.Root}");
            }
        }
    }

    [Fact]
    public void Keys_below_a_link_of_the_base_come_to_where_it_leads()
    {
        var tree = new RegistryKey("");
        var link = tree.Create(@"Machine\Software\Wow6432Node\Classes");
        link.IsLink = true;
        link.Set(new("SymbolicLinkValue", RegistryValueType.Link, Encoding.Unicode.GetBytes(@"\Registry\Machine\Software\Classes\Wow6432Node")));
        tree.Create(@"Machine\Software\Classes\Wow6432Node\There");
        WineRegistries.Write(tree, _folder);
        var layer = new RegistryKey("");
        layer.Create(@"Machine\Software\Wow6432Node\Classes\.new").Set(Text("", "by the link"));
        layer.Create(@"Machine\Software\Wow6432Node\Classes\both").Set(Text("", "by the link"));
        layer.Create(@"Machine\Software\Classes\Wow6432Node\both").Set(Text("", "directly"));
        var composed = Parse(WinePrefixRegistry.Load(_folder).Compose(Named(layer), WineRegistries.Tokens));
        Assert.Empty(composed.Find(@"Software\Wow6432Node\Classes")!.Subkeys);
        var classes = composed.Find(@"Software\Classes\Wow6432Node")!;
        Assert.Equal(["by the link", "directly"], new[] { ".new", "both" }.Select(name => Text(classes.Find(name)!)));
        Assert.NotNull(classes.Find("There"));
        Assert.Equal(3, layer.Find(@"Machine\Software\Wow6432Node\Classes")!.Subkeys.Count + layer.Find(@"Machine\Software\Classes\Wow6432Node")!.Subkeys.Count);
    }

    [Fact]
    public void A_file_that_wineserver_did_not_write_is_composed_too()
    {
        WineRegistries.Write(new(""), _folder);
        File.WriteAllText(
            Path.Combine(_folder, "system.reg"),
            "WINE REGISTRY Version 2\r\n;; All keys relative to REGISTRY\\\\Machine\r\n\r\n[b] 1\r\n\"x\"=\"ä\"\r\n[a\\\\c] 1\r\n[b]\r\n\"y\"=dword:1\r\n");
        var layer = new RegistryKey("");
        layer.Create(@"Machine\B").Set(Text("z", "new"));
        var composed = Parse(WinePrefixRegistry.Load(_folder).Compose(Named(layer), WineRegistries.Tokens));
        Assert.Equal(["x", "y", "z"], composed.Find("b")!.Values.Select(value => value.Name));
        Assert.NotNull(composed.Find(@"a\c"));
    }

    [Fact]
    public void Damaged_files_end_in_the_one_exception()
    {
        var random = new Random(20261122);
        var tree = WineRegistries.Tree(new(7), isLayer: false);
        WineRegistries.Write(tree, _folder);
        var valid = File.ReadAllBytes(Path.Combine(_folder, "system.reg"));
        var earlier = WinePrefixRegistry.Load(_folder);
        _ = earlier.Bytes(RegistryRoot.Machine);
        var layers = Named(WineRegistries.Tree(new(8), isLayer: true), WineRegistries.Tree(new(9), isLayer: true));
        var (refused, taken) = (0, 0);
        byte[][] pieces = ["\n\n["u8.ToArray(), "\\\\"u8.ToArray(), "\""u8.ToArray(), "]"u8.ToArray(), "\\\n"u8.ToArray(), "#class=\""u8.ToArray(), "\n@="u8.ToArray()];
        for (var round = 0; round < 2000; round++)
        {
            var damaged = valid.ToList();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                var at = random.Next(24, damaged.Count);
                switch (random.Next(4))
                {
                    case 0: damaged[at] = (byte)random.Next(256); break;
                    case 1: damaged.RemoveRange(at, Math.Min(random.Next(1, 40), damaged.Count - at)); break;
                    case 2: damaged.InsertRange(at, pieces[random.Next(pieces.Length)]); break;
                    default: damaged.InsertRange(at, damaged.GetRange(at, Math.Min(200, damaged.Count - at))); break;
                }
            }

            File.WriteAllBytes(Path.Combine(_folder, "system.reg"), [.. damaged]);
            foreach (var use in new Action<WinePrefixRegistry>[]
            {
                registry => registry.Compose(layers, WineRegistries.Tokens),
                registry => registry.Since(earlier, WineRegistries.Tokens, WineNoise.Known),
            })
            {
                try
                {
                    use(WinePrefixRegistry.Load(_folder));
                    taken++;
                }
                catch (WineRegistryException)
                {
                    refused++;
                }
            }
        }

        Assert.InRange(refused, 250, 3750);
        Assert.InRange(taken, 250, 3750);
    }

    private static void Same(string place, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        var at = expected.CommonPrefixLength(actual);
        if (at == expected.Length && at == actual.Length) return;
        Assert.Fail($"{place}: expected\n{Part(expected)}\n--- but it is\n{Part(actual)}");

        string Part(ReadOnlySpan<byte> text) => Encoding.Latin1.GetString(text[Math.Max(0, at - 150)..Math.Min(text.Length, at + 150)]);
    }

    private static RegistryLayer[] Named(params RegistryKey[] trees) => [.. trees.Select((tree, i) => new RegistryLayer($"{i}", tree))];

    private static RegistryKey Parse(WinePrefixRegistry registry) => WineRegistryFile.Parse(registry.Bytes(RegistryRoot.Machine).Span).ToTree();

    private static RegistryValue Text(string name, string text) => new(name, RegistryValueType.String, Encoding.Unicode.GetBytes(text + "\0"));

    private static string Text(RegistryKey key) => key.TryGetValue("", out var value) ? Encoding.Unicode.GetString(value.Data.Span).TrimEnd('\0') : "";

    private static void Edit(RegistryKey tree, Random random)
    {
        for (var edits = random.Next(10); edits > 0; edits--)
        {
            var key = tree.Subkeys.ElementAt(random.Next(3));
            while (key.Subkeys.Count > 0 && random.Next(3) > 0) key = key.Subkeys.ElementAt(random.Next(key.Subkeys.Count));
            var name = WineRegistries.Name(random, false);
            key.LastWrite = new((ulong)random.Next(10, 20));
            switch (random.Next(6))
            {
                case 0: key.RemoveValue(name); break;
                case 1: key.Remove(name); break;
                case 2:
                    key.Remove(name);
                    key.Add(new(name));
                    WineRegistries.Fill(key.Find(name)!, random, isLayer: false, depth: 2);
                    break;
                case 3: key.Create(name).LastWrite = new(5); break;
                case 4: break;
                default: key.Set(WineRegistries.Value(random, isLayer: false)); break;
            }
        }
    }

    /// <summary>Keys that have no section have no time.</summary>
    private static RegistryKey TimesOfSections(RegistryKey key)
    {
        var copy = RegistryTree.Copy(key);
        Visit(copy);
        return copy;

        static void Visit(RegistryKey key)
        {
            if (!HasSection(key)) key.LastWrite = default;
            foreach (var subkey in key.Subkeys) Visit(subkey);
        }
    }

    private static bool HasSection(RegistryKey key) => key.Values.Count > 0 || key.Subkeys.Count == 0 || key.Class is not null || key.IsLink;

    /// <summary>A time that has changed alone is no change.</summary>
    private static void Align(RegistryKey before, RegistryKey after)
    {
        if (before.Class != after.Class || before.IsLink != after.IsLink) return;
        var isSame = before.Values.Count == after.Values.Count && before.Values.All(value => after.TryGetValue(value.Name, out var other) && value.Equals(other));
        if (isSame || !HasSection(after)) after.LastWrite = before.LastWrite;
        foreach (var subkey in after.Subkeys)
        {
            if (before.TryGetSubkey(subkey.Name, out var other)) Align(other, subkey);
        }
    }

    private static string WithoutTimes(ReadOnlySpan<byte> text) =>
        string.Join('\n', Encoding.Latin1.GetString(text).Split('\n').Where(line => !line.StartsWith("#time", StringComparison.Ordinal)).Select(line => line.StartsWith('[') ? line[..line.LastIndexOf(' ')] : line));
}
