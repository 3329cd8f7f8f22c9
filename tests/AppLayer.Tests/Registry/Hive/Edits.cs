using AppLayer.Registry;
using FsCheck;
using FsCheck.Fluent;

namespace AppLayer.Tests.Registry.Hive;

/// <summary>Histories of changes, from few names, so that what is changed and what is there meet often.</summary>
internal static class Edits
{
    private static readonly Config Seeded = Config.QuickThrowOnFailure.WithReplay(20260822, 1);

    private static Gen<string> Part => Gen.Elements(
        "a", "B", "c d", "Ünï", "ÿ", "Ελλάς", "日本語", "x😀", new string('n', 255), "-1", "[k]", "q\"q", "e=mc²");

    private static Gen<string> Path =>
        from length in Gen.Choose(1, 4)
        from parts in Part.ArrayOf(length)
        select string.Join('\\', parts);

    private static Gen<string> ValueName => Gen.Elements("", "v", "V2", "ümlaut", "Ж", "long name with = and \" in it", new string('v', 300));

    private static Gen<byte[]> Data(int largest) =>
        from size in Gen.Frequency((6, Gen.Choose(0, 9)), (3, Gen.Choose(10, 300)), (1, Gen.Choose(301, largest)))
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select Bytes(size, seed);

    private static Gen<RegistryEdit> Edit(int largest) =>
        from kind in Gen.Choose(0, 9)
        from path in Path
        from name in ValueName
        from type in Gen.Choose(0, 12)
        from data in Data(largest)
        let fitting = type is 4 or 5 ? Bytes(4, data.Length) : type == 11 ? Bytes(8, data.Length) : data
        select kind switch
        {
            0 => new RegistryEdit(path, null, null, true),
            1 => new RegistryEdit(path, name, null, true),
            2 or 3 => new RegistryEdit(path, null, null, false),
            _ => new RegistryEdit(path, name, new(name, (RegistryValueType)type, fitting), false),
        };

    /// <summary>Checks something for histories, the same ones in every run.</summary>
    /// <param name="runs">How many histories.</param>
    /// <param name="largest">Bytes of the largest data.</param>
    /// <param name="check">What is checked.</param>
    internal static void ForAll(int runs, int largest, Action<RegistryEdit[]> check) =>
        Prop.ForAll(Edit(largest).ArrayOf().ToArbitrary(), check).Check(Seeded.WithMaxTest(runs).WithStartSize(1).WithEndSize(60));

    internal static RegistryKey Tree(IEnumerable<RegistryEdit> edits)
    {
        var root = new RegistryKey("");
        foreach (var edit in edits)
        {
            edit.Apply(root);
        }

        return root;
    }

    internal static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
