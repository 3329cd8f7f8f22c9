using Iced.Intel;

namespace VirtEngine.Hypervisors.Software.Decoding;

/// <summary>The bytes that the decoder may read: from an instruction to the end of its page.</summary>
internal sealed unsafe class CodeWindow : CodeReader
{
    private byte* _next, _end;

    /// <summary>Moves the window.</summary>
    internal void Set(byte* start, int length)
    {
        _next = start;
        _end = start + length;
    }

    /// <summary>Where the decoder reads next.</summary>
    internal byte* Position
    {
        get => _next;
        set => _next = value;
    }

    /// <inheritdoc/>
    public override int ReadByte() => _next < _end ? *_next++ : -1;
}
