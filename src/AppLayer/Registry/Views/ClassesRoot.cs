using AppLayer.Registry.Stacking;

namespace AppLayer.Registry.Views;

/// <summary>
/// HKEY_CLASSES_ROOT: the user's classes over the machine's ("Merged View of HKEY_CLASSES_ROOT" and "HKEY_CLASSES_ROOT Key", Win32
/// documentation).
/// </summary>
public static class ClassesRoot
{
    private static readonly RegistryPath Machine = new(RegistryRoot.Machine, @"Software\Classes");
    private static readonly RegistryPath User = new(RegistryRoot.CurrentUser, @"Software\Classes");
    private static readonly string[] Prefixes = ["HKCR", "HKCR:", "HKEY_CLASSES_ROOT"];

    /// <summary>The merged view of a composed registry: what the user has wins, key by key and value by value.</summary>
    public static RegistryKey Compose(RegistryKey tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var machine = tree.Find(Machine.TreePath) ?? new RegistryKey("Classes");
        return tree.Find(User.TreePath) is { } user ? new RegistryStack([new("User", user)], new("Machine", machine)).Compose() : machine;
    }

    /// <summary>
    /// Where a key of the view is, to read or to write: with the user if the user has it, else with the machine, where new ones are made
    /// too.
    /// </summary>
    /// <param name="view">A view of the registry, whose links are followed.</param>
    /// <param name="path">The path below HKCR.</param>
    /// <param name="openLink">Whether a link at the end is opened itself.</param>
    public static RegistryResolution Resolve(RegistryView view, string path, bool openLink = false)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(path);
        var user = view.Resolve(User.Below(path), openLink);
        return user.Status == ResolutionStatus.Found ? user : view.Resolve(Machine.Below(path), openLink);
    }

    /// <summary>The path below HKCR, where a text is one.</summary>
    internal static bool TryCut(string text, out string path)
    {
        var parts = text.Split('\\', StringSplitOptions.RemoveEmptyEntries);
        path = string.Join('\\', parts.Skip(1));
        return parts.Length > 0 && Prefixes.Contains(parts[0], RegistryNameComparer.Instance);
    }
}
