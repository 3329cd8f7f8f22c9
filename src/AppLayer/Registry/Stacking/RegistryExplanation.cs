namespace AppLayer.Registry.Stacking;

/// <summary>Why a key or value of a stack is what it is.</summary>
/// <param name="Path">The key's path.</param>
/// <param name="Value">The value's name, or null where the key was asked for.</param>
/// <param name="Parties">The layers that have to do with it, the top first.</param>
public sealed record RegistryExplanation(string Path, string? Value, IReadOnlyList<RegistryParty> Parties)
{
    /// <summary>The name of the layer that gives it; null if the stack doesn't show it.</summary>
    public string? GivenBy => Parties.Where(party => party.Role == RegistryRole.Gives).Select(party => party.Layer).FirstOrDefault();
}
