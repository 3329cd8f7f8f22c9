namespace AppLayer.Registry.Views;

/// <summary>The roots that a layer has keys under. Each is a subkey, named as here, of the root of the layer's tree.</summary>
public enum RegistryRoot
{
    /// <summary>HKEY_LOCAL_MACHINE.</summary>
    Machine,

    /// <summary>HKEY_CURRENT_USER.</summary>
    CurrentUser,

    /// <summary>HKEY_USERS\.DEFAULT, which Wine keeps in userdef.reg.</summary>
    DefaultUser,
}
