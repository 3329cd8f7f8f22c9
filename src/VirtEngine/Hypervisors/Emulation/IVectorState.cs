namespace VirtEngine.Hypervisors.Emulation;

/// <summary>
/// A processor's x87 and SSE registers, apart from its other state: few instructions that reach a device use them, and to bring them over is
/// dear.
/// </summary>
internal interface IVectorState
{
    /// <summary>Copies them out.</summary>
    /// <param name="image">512 bytes in the 64-bit FXSAVE layout.</param>
    void Load(Span<byte> image);

    /// <summary>Copies them in.</summary>
    /// <param name="image">512 bytes in the 64-bit FXSAVE layout.</param>
    void Store(ReadOnlySpan<byte> image);
}
