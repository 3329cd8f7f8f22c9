namespace AppLayer.Resolution;

/// <summary>One party of a stack.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Directory">Where its files lie on the host, as its places have them.</param>
/// <param name="Files">Its files.</param>
internal sealed record StackParty(PartyKind Kind, string Name, string Directory, IFileSource Files);
