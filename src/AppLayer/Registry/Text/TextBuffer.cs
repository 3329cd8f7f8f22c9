namespace AppLayer.Registry.Text;

/// <summary>Bytes of a text that grows. A class of its own rather than an interface's: millions of pieces go through it.</summary>
/// <param name="room">Bytes that there is room for at first.</param>
internal sealed class TextBuffer(int room)
{
    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(Math.Max(room, 256));

    internal int Length { get; private set; }

    internal ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Room for some bytes, of which <see cref="Advance"/> takes what was used.</summary>
    internal Span<byte> GetSpan(int atLeast)
    {
        if (_bytes.Length - Length < atLeast) Grow(atLeast);
        return _bytes.AsSpan(Length);
    }

    internal void Advance(int count) => Length += count;

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Forgets what comes after so many bytes.</summary>
    internal void Truncate(int length) => Length = length;

    private void Grow(int atLeast)
    {
        long needed = Math.Max((long)_bytes.Length * 2, (long)Length + atLeast);
        var larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(needed, Array.MaxLength));
        Written.Span.CopyTo(larger);
        _bytes = larger;
    }
}
