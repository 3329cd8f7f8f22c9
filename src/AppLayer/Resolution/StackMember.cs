namespace AppLayer.Resolution;

/// <summary>What one party has at a place.</summary>
/// <param name="Party">The party.</param>
/// <param name="File">What it has there.</param>
internal readonly record struct StackMember(StackParty Party, SourceFile File);
