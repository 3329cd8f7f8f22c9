namespace AppLayer.Registry.Hive;

/// <summary>Names of a hive as strings, where one that came a while ago is the same object again: registries have few names many times.</summary>
internal sealed class HiveNames
{
    private const int LongestKept = 64;
    private readonly string[] _recent = new string[1024];

    internal string this[HiveText name]
    {
        get
        {
            if (name.Length is 0 or > LongestKept)
            {
                return name.Length == 0 ? "" : name.ToString();
            }

            ref var recent = ref _recent[Slot(name.Bytes)];
            return recent is not null && name.Equals(recent) ? recent : recent = name.ToString();
        }
    }

    private int Slot(ReadOnlySpan<byte> bytes)
    {
        var hash = (uint)bytes.Length;
        foreach (var value in bytes)
        {
            hash = (hash * 31) + value;
        }

        return (int)((hash * 0x9E37_79B9) >> 22) % _recent.Length;
    }
}
