namespace VirtFoundation.Store;

/// <summary>Whose machines, images, layers and applications a root holds.</summary>
public enum RootScope
{
    /// <summary>The current user's.</summary>
    User,

    /// <summary>The computer's, for its administrators.</summary>
    Machine,
}
