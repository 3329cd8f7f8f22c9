using System.Text;
using AppLayer.Paths;
using AppLayer.Registry;
using AppLayer.Registry.Stacking;
using AppLayer.Registry.Text;
using AppLayer.Registry.Tokens;
using AppLayer.Registry.Views;

namespace AppLayer.Tests.Wine;

/// <summary>Prefixes' registries at random, and what the way by whole trees makes of them.</summary>
internal static class WineRegistries
{
    internal const string Sid = "S-1-5-21-0-0-0-1000";

    internal static readonly PathTokens Tokens = new(KnownRoots.ForWindows("C:", "root", Sid));

    private static readonly string[] Names = ["A", "a", "aB", "a_", "AB", "b", "[x]", "Ä", "ä", "q\"\\"[..2], "{UserSid}", Sid, "Clsid"];
    private static readonly string[] Texts = ["text", "", @"{ProgramFiles}\x", "{Windows}", "{{}Windows}", "{", "a\nb", "ü{AppData}"];

    /// <summary>A random tree with all roots; with marks it is a layer's.</summary>
    internal static RegistryKey Tree(Random random, bool isLayer)
    {
        var tree = new RegistryKey("") { Mark = isLayer && random.Next(20) == 0 ? (LayerMark)random.Next(4) : LayerMark.Merge };
        foreach (var root in Enum.GetValues<RegistryRoot>())
        {
            if (tree.Mark == LayerMark.Tombstone || random.Next(4) == 0) continue;
            var key = new RegistryKey(root.ToString()) { LastWrite = new(1), Mark = isLayer && random.Next(12) == 0 ? (LayerMark)random.Next(4) : LayerMark.Merge };
            if (key.Mark != LayerMark.Tombstone) Fill(key, random, isLayer, depth: 4);
            tree.Add(key);
        }

        return tree;
    }

    /// <summary>The files of a base without marks and tokens, on disk.</summary>
    internal static void Write(RegistryKey tree, string folder)
    {
        foreach (var root in RegistryRoots.All)
        {
            File.WriteAllBytes(Path.Combine(folder, root.WineFile), Bytes(tree, root));
        }
    }

    internal static byte[] Bytes(RegistryKey tree, RegistryRootNames root) =>
        WineRegistryFile.FromTree(tree.Find(root.Root.ToString()) ?? new(""), root.KernelPath, WineArchitecture.Win64).ToBytes();

    /// <summary>The composition by whole trees.</summary>
    internal static RegistryKey Compose(IEnumerable<RegistryKey> layers, string folder)
    {
        var tokens = new RegistryTokens(Tokens);
        var plain = layers.Select((tree, i) => new RegistryLayer($"{i}", tokens.Detokenise(tree)));
        return new RegistryStack(plain, new("base", ReadTree(folder))).Compose();
    }

    internal static RegistryKey ReadTree(string folder)
    {
        var tree = new RegistryKey("");
        foreach (var root in RegistryRoots.All)
        {
            var file = WineRegistryFile.Load(Path.Combine(folder, root.WineFile)).ToTree();
            tree.Add(RegistryTreeNamed(file, root.Root.ToString()));
        }

        return tree;
    }

    internal static void Fill(RegistryKey key, Random random, bool isLayer, int depth)
    {
        if (!isLayer || random.Next(3) > 0) key.LastWrite = new((ulong)random.Next(isLayer ? 0 : 1, 4));
        if (random.Next(8) == 0) key.Class = isLayer ? Texts[random.Next(Texts.Length)] : "Class";
        key.IsLink = random.Next(24) == 0;
        for (var values = random.Next(4); values > 0; values--) key.Set(Value(random, isLayer));
        for (var subkeys = depth == 0 ? 0 : random.Next(5); subkeys > 0; subkeys--)
        {
            var name = Name(random, isLayer);
            if (key.TryGetSubkey(name, out _) || (name == Sid && key.TryGetSubkey("{UserSid}", out _)) || (name == "{UserSid}" && key.TryGetSubkey(Sid, out _)))
            {
                continue;
            }

            var subkey = new RegistryKey(name) { Mark = isLayer ? (LayerMark)Math.Max(0, random.Next(-3, 4)) : LayerMark.Merge };
            if (subkey.Mark != LayerMark.Tombstone) Fill(subkey, random, isLayer, depth - 1);
            key.Add(subkey);
        }
    }

    internal static string Name(Random random, bool isLayer) =>
        Names[random.Next(Names.Length)] is var name && !isLayer && name.StartsWith('{') ? "x" : name;

    internal static RegistryValue Value(Random random, bool isLayer)
    {
        var name = random.Next(6) == 0 ? "" : Name(random, false);
        if (isLayer && random.Next(3) == 0) return RegistryValue.Tombstone(name);
        if (random.Next(2) == 0) return new(name, (RegistryValueType)random.Next(3, 6), Enumerable.Range(0, random.Next(60)).Select(i => (byte)i).ToArray());
        var text = isLayer ? Texts[random.Next(Texts.Length)] : $"base {random.Next(3)}";
        return new(name, (RegistryValueType)random.Next(1, 3), Encoding.Unicode.GetBytes(text + "\0"));
    }

    private static RegistryKey RegistryTreeNamed(RegistryKey tree, string name)
    {
        var key = new RegistryKey(name) { LastWrite = tree.LastWrite, Class = tree.Class, IsLink = tree.IsLink };
        foreach (var value in tree.Values) key.Set(value);
        foreach (var subkey in tree.Subkeys) key.Add(subkey);
        return key;
    }
}
