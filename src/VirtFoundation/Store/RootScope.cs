namespace VirtFoundation.Store;

/// <summary>Whose machines and images a root holds.</summary>
public enum RootScope
{
    /// <summary>The current user's.</summary>
    User,

    /// <summary>The computer's, for its administrators.</summary>
    Machine,
}
