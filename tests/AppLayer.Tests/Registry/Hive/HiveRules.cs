using AppLayer.Registry.Hive;

namespace AppLayer.Tests.Registry.Hive;

/// <summary>What a hive's records say, cell after cell, without following a key's own links but those asked for.</summary>
internal static class HiveRules
{
    /// <summary>Every allocated cell that begins with a signature, from the first to the last.</summary>
    internal static List<(string Signature, int Offset)> Records(byte[] hive)
    {
        List<(string, int)> found = [];
        for (var bin = BaseBlock.Length; bin < hive.Length; bin += BitConverter.ToInt32(hive, bin + 8))
        {
            var end = bin + BitConverter.ToInt32(hive, bin + 8);
            for (var cell = bin + HiveBin.HeaderLength; cell < end; cell += Math.Abs(BitConverter.ToInt32(hive, cell)))
            {
                var signature = $"{(char)hive[cell + 4]}{(char)hive[cell + 5]}";
                if (BitConverter.ToInt32(hive, cell) < 0 && signature is "nk" or "vk" or "sk" or "lf" or "lh" or "li" or "ri" or "db")
                {
                    found.Add((signature, cell - BaseBlock.Length));
                }
            }
        }

        return found;
    }

    internal static HiveCell Cell(byte[] hive, int offset)
    {
        var length = -BitConverter.ToInt32(hive, BaseBlock.Length + offset) - 4;
        return new(hive.AsSpan(BaseBlock.Length + offset + 4, length), BaseBlock.Length + offset + 4);
    }

    /// <summary>The names and hashes in each hash leaf.</summary>
    internal static List<List<(string Name, uint Hash)>> Leaves(byte[] hive)
    {
        List<List<(string, uint)>> leaves = [];
        foreach (var (_, offset) in Records(hive).Where(record => record.Signature == "lh"))
        {
            var leaf = new IndexLeaf(Cell(hive, offset));
            List<(string, uint)> names = [];
            for (var i = 0; i < leaf.Count; i++)
            {
                names.Add((new KeyNode(Cell(hive, (int)leaf[i].Value)).Name.ToString(), leaf.Hash(i)!.Value));
            }

            leaves.Add(names);
        }

        return leaves;
    }
}
