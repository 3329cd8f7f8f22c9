using System.Buffers.Binary;

namespace AppLayer.Registry.Views;

/// <summary>
/// The current control set of a machine. Windows makes <c>CurrentControlSet</c> when it starts, as a link to the one that
/// <c>Select\Current</c> numbers, so that a registry at rest has none; Wine keeps it as a key.
/// </summary>
internal static class ControlSets
{
    private static readonly RegistryPath Current = new(RegistryRoot.Machine, @"SYSTEM\CurrentControlSet");

    /// <summary>
    /// The place that a path through the current control set means, where the registry has neither such a link nor such a key.
    /// </summary>
    public static RegistryPath Follow(RegistryKey tree, RegistryPath path)
    {
        if (!path.TryCut(Current, out var rest) || tree.Find(Current.TreePath) is not null
            || tree.Find(new RegistryPath(RegistryRoot.Machine, @"SYSTEM\Select").TreePath) is not { } select
            || !select.TryGetValue("Current", out var value) || value.Type != RegistryValueType.Dword || value.Data.Length != sizeof(uint))
        {
            return path;
        }

        var number = BinaryPrimitives.ReadUInt32LittleEndian(value.Data.Span);
        return number is > 0 and <= 999 ? new RegistryPath(RegistryRoot.Machine, $@"SYSTEM\ControlSet{number:D3}").Below(rest) : path;
    }
}
