using AppLayer.Files;

namespace AppLayer.Resolution;

/// <summary>A layer on its way into a stack.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Digest">Its digest, which names its content.</param>
internal sealed record StackLayer(ViewLayer Layer, ContentDigest Digest);
