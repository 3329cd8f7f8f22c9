using System.Text;
using AppLayer.Registry;

namespace AppLayer.Tests.Registry.Stacking;

/// <summary>Registries for tests: written down by hand, or at random from few names, so that layers meet.</summary>
internal static class RegistryTrees
{
    private static readonly string[] Names = ["A", "a", "B", "b", "C", "Clsid"];
    private static readonly string?[] Classes = [null, null, null, "", "Shell"];

    public static RegistryValue Text(string name, string text) => new(name, RegistryValueType.String, Encoding.Unicode.GetBytes(text + "\0"));

    /// <summary>A tree from lines: a key's path, or <c>path|value=text</c>; <c>-</c> before either is a tombstone, <c>!</c> before a key supersedes, <c>~</c> does so locally.</summary>
    public static RegistryKey Tree(params string[] lines)
    {
        var root = new RegistryKey("");
        foreach (var line in lines)
        {
            var (path, value) = line.TrimStart('-', '!', '~').Split('|') is [var first, var second] ? (first, second) : (line.TrimStart('-', '!', '~'), null);
            var key = root.Create(path);
            if (value is not null)
            {
                var parts = value.Split('=');
                key.Set(line[0] == '-' ? RegistryValue.Tombstone(parts[0]) : Text(parts[0], parts[1]));
            }
            else if (line[0] is '-' or '!' or '~')
            {
                key.Mark = line[0] switch { '-' => LayerMark.Tombstone, '!' => LayerMark.Supersede, _ => LayerMark.SupersedeLocal };
            }
        }

        return root;
    }

    /// <summary>A tree as the lines that make it, sorted; times, classes and security are left out.</summary>
    public static IEnumerable<string> Lines(RegistryKey key, string path = "")
    {
        foreach (var value in key.Values.OrderBy(value => value.Name, StringComparer.Ordinal))
        {
            yield return value.IsTombstone ? $"-{path}|{value.Name}" : $"{path}|{value.Name}={Encoding.Unicode.GetString(value.Data.Span).TrimEnd('\0')}";
        }

        foreach (var subkey in key.Subkeys)
        {
            var below = path.Length == 0 ? subkey.Name : $@"{path}\{subkey.Name}";
            yield return subkey.Mark switch { LayerMark.Tombstone => "-", LayerMark.Supersede => "!", LayerMark.SupersedeLocal => "~", _ => "" } + below;
            foreach (var line in Lines(subkey, below))
            {
                yield return line;
            }
        }
    }

    /// <summary>A random tree; with marks it is a layer's.</summary>
    public static RegistryKey Random(Random random, bool marks, int depth = 4)
    {
        var root = new RegistryKey("");
        Fill(root, random, marks, depth);
        return root;
    }

    /// <summary>Some edits as programs make them: values and keys set, deleted, made again, their attributes changed.</summary>
    public static void Edit(RegistryKey root, Random random)
    {
        for (var edits = random.Next(12); edits > 0; edits--)
        {
            RegistryKey key = root;
            while (key.Subkeys.Count > 0 && random.Next(3) > 0)
            {
                key = key.Subkeys.ElementAt(random.Next(key.Subkeys.Count));
            }

            var name = Names[random.Next(Names.Length)];
            switch (random.Next(7))
            {
                case 0:
                    key.RemoveValue(name);
                    break;
                case 1:
                    key.Remove(name);
                    break;
                case 2:
                    key.Remove(name);
                    key.Add(Filled(name, random));
                    break;
                case 3:
                    SetAttributes(key, random);
                    break;
                case 4:
                    key.Create(name);
                    break;
                default:
                    key.Set(Value(random, marks: false));
                    break;
            }
        }
    }

    private static RegistryKey Filled(string name, Random random)
    {
        var key = new RegistryKey(name);
        Fill(key, random, marks: false, depth: 2);
        return key;
    }

    private static void Fill(RegistryKey key, Random random, bool marks, int depth)
    {
        if (random.Next(2) == 0)
        {
            SetAttributes(key, random);
        }

        for (var values = random.Next(4); values > 0; values--)
        {
            key.Set(Value(random, marks));
        }

        for (var subkeys = depth == 0 ? 0 : random.Next(4); subkeys > 0; subkeys--)
        {
            var name = Names[random.Next(Names.Length)];
            if (key.TryGetSubkey(name, out _))
            {
                continue;
            }

            var subkey = new RegistryKey(name) { Mark = marks ? (LayerMark)Math.Max(0, random.Next(-3, 4)) : LayerMark.Merge };
            if (subkey.Mark != LayerMark.Tombstone)
            {
                Fill(subkey, random, marks, depth - 1);
            }

            key.Add(subkey);
        }
    }

    private static void SetAttributes(RegistryKey key, Random random)
    {
        key.Class = Classes[random.Next(Classes.Length)];
        key.LastWrite = new((ulong)random.Next(3));
        key.Security = new byte[random.Next(3)];
        key.IsLink = random.Next(8) == 0;
    }

    private static RegistryValue Value(Random random, bool marks)
    {
        var name = random.Next(6) == 0 ? "" : Names[random.Next(Names.Length)];
        return marks && random.Next(3) == 0
            ? RegistryValue.Tombstone(name)
            : new(name, (RegistryValueType)random.Next(1, 4), new[] { (byte)random.Next(2) });
    }
}
