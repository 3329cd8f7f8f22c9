namespace VirtEngine.Images;

/// <summary>Something in the store that is no sound image.</summary>
/// <param name="Digest">The digest that its directory bears.</param>
/// <param name="Problem">What is wrong.</param>
public sealed record ImageProblem(string Digest, string Problem);
