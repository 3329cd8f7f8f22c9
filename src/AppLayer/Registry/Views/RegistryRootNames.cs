namespace AppLayer.Registry.Views;

/// <summary>What a root is called.</summary>
/// <param name="Root">The root.</param>
/// <param name="Name">Its name in Win32 and in .reg files: <c>HKEY_LOCAL_MACHINE</c>.</param>
/// <param name="ShortName">Its short name: <c>HKLM</c>.</param>
/// <param name="KernelPath">
/// The kernel's path, as Wine's registry files name their base key. That of a user has the user's SID, which in Wine is this one.
/// </param>
/// <param name="WineFile">The file of a Wine prefix that holds it.</param>
public sealed record RegistryRootNames(RegistryRoot Root, string Name, string ShortName, string KernelPath, string WineFile);
