using AppLayer.Registry;

namespace AppLayer.Tests.Registry.Hive;

/// <summary>One change of a registry: a key that is made or removed, or, where a name is given, a value that is set or removed.</summary>
/// <param name="Path">The key's path, below the root.</param>
/// <param name="Name">The value's name; null where the key is meant.</param>
/// <param name="Value">What is set; null where something is removed.</param>
/// <param name="IsRemoval">Whether something is removed.</param>
public sealed record RegistryEdit(string Path, string? Name, RegistryValue? Value, bool IsRemoval)
{
    internal void Apply(RegistryKey root)
    {
        if (!IsRemoval)
        {
            var key = root.Create(Path);
            if (Value is not null)
            {
                key.Set(Value);
            }
        }
        else if (Name is not null)
        {
            root.Find(Path)?.RemoveValue(Name);
        }
        else
        {
            var last = Path.LastIndexOf('\\');
            root.Find(last < 0 ? "" : Path[..last])?.Remove(Path[(last + 1)..]);
        }
    }
}
