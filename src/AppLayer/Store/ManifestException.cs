using VirtFoundation.Formats;

namespace AppLayer.Store;

/// <summary>A layer's manifest breaks the rules of its format.</summary>
/// <param name="offset">Where, in bytes from its beginning.</param>
/// <param name="field">The field.</param>
/// <param name="problem">What is wrong with it.</param>
public sealed class ManifestException(long offset, string field, string problem) : MalformedDataException("layer manifest", offset, field, problem);
