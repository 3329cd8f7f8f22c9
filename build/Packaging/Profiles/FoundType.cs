namespace VirtTools.Build.Packaging.Profiles;

/// <summary>An instantiation of a type, which need not be one that reflection would make: shared code has a stand-in for all classes.</summary>
/// <param name="Definition">The type, or its generic definition.</param>
/// <param name="Arguments">Its type arguments.</param>
/// <param name="Ranks">How many arrays deep.</param>
internal sealed record FoundType(Type Definition, IReadOnlyList<FoundType> Arguments, int Ranks);
