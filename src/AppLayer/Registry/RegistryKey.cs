using System.Diagnostics.CodeAnalysis;

namespace AppLayer.Registry;

/// <summary>
/// A key with its values and subkeys. Names are compared as Windows does (<see cref="RegistryNameComparer"/>), and keep the case that they
/// came with. Subkeys are in the order of their names, values in the order in which they were first set.
/// </summary>
/// <param name="name">The name; empty for a root. At most <see cref="RegistryLimits.KeyName"/> UTF-16 units, without a backslash.</param>
public sealed class RegistryKey(string name)
{
    // Made when there is something for them: most keys of a registry have no subkeys, many no values.
    private RegistryKeyCollection? _subkeys;
    private RegistryValueCollection? _values;

    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>The class that was given when the key was made, or null.</summary>
    public string? Class { get; set; }

    /// <summary>When the key was changed last.</summary>
    public FileTime LastWrite { get; set; }

    /// <summary>The security descriptor in self-relative form (MS-DTYP, 2.4.6); empty where it is what the parent gives.</summary>
    public ReadOnlyMemory<byte> Security { get; set; }

    /// <summary>Whether the key is a symbolic link; its value SymbolicLinkValue says where to.</summary>
    public bool IsLink { get; set; }

    /// <summary>What the key does to the layers below.</summary>
    public LayerMark Mark { get; set; }

    /// <summary>The subkeys, in the order of their names.</summary>
    public RegistryKeyCollection Subkeys => _subkeys ?? RegistryKeyCollection.None;

    /// <summary>The values, in the order in which they were first set.</summary>
    public RegistryValueCollection Values => _values ?? RegistryValueCollection.None;

    /// <summary>Finds a subkey.</summary>
    public bool TryGetSubkey(string name, [NotNullWhen(true)] out RegistryKey? key)
    {
        key = null;
        return _subkeys is not null && _subkeys.TryGet(name, out key);
    }

    /// <summary>Finds a value.</summary>
    public bool TryGetValue(string name, [NotNullWhen(true)] out RegistryValue? value)
    {
        value = null;
        return _values is not null && _values.TryGet(name, out value);
    }

    /// <summary>Finds a key by its path below this one, parts separated by backslashes; the empty path is this key.</summary>
    /// <returns>Null if it is not there.</returns>
    public RegistryKey? Find(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var key = this;
        foreach (var part in path.Split('\\', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!key.TryGetSubkey(part, out var next))
            {
                return null;
            }

            key = next;
        }

        return key;
    }

    /// <summary>The key at a path below this one; what is missing on the way is made.</summary>
    public RegistryKey Create(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var key = this;
        foreach (var part in path.Split('\\', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!key.TryGetSubkey(part, out var next))
            {
                key.Add(next = new(part));
            }

            key = next;
        }

        return key;
    }

    /// <summary>Adds a key.</summary>
    /// <exception cref="ArgumentException">There is one of that name.</exception>
    public void Add(RegistryKey subkey)
    {
        ArgumentNullException.ThrowIfNull(subkey);
        (_subkeys ??= new()).Add(subkey);
    }

    /// <summary>Removes a subkey with all that is in it.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(string name) => _subkeys?.Remove(name) ?? false;

    /// <summary>Sets a value, in place of the one of that name.</summary>
    public void Set(RegistryValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        (_values ??= new()).Set(value);
    }

    /// <summary>Removes a value.</summary>
    /// <returns>Whether it was there.</returns>
    public bool RemoveValue(string name) => _values?.Remove(name) ?? false;
}
