using AppLayer.Files;

namespace AppLayer.Store;

/// <summary>An object that one file of the layer that is being made may share.</summary>
/// <param name="Content">What the file is taken to have.</param>
/// <param name="Path">The object's path; there may be none yet.</param>
internal readonly record struct ObjectClaim(ContentDigest Content, string Path);
