namespace AppLayer.Registry.Views;

/// <summary>Through whose eyes a registry is seen.</summary>
/// <param name="UserSid">The current user's SID, by which links and paths under HKEY_USERS are understood; null if there are none.</param>
/// <param name="Is32Bit">Whether it is a 32-bit program of a 64-bit Windows, which sees Wow6432Node in place of what it stands for.</param>
public sealed record RegistryViewOptions(string? UserSid = null, bool Is32Bit = false);
