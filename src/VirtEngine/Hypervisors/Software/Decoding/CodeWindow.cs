using Iced.Intel;

namespace VirtEngine.Hypervisors.Software.Decoding;

/// <summary>The bytes that the decoder may read: from an instruction to the end of its page.</summary>
internal sealed unsafe class CodeWindow : CodeReader
{
    private byte* next, end;

    /// <summary>Moves the window.</summary>
    internal void Set(byte* start, int length)
    {
        next = start;
        end = start + length;
    }

    /// <summary>Where the decoder reads next.</summary>
    internal byte* Position
    {
        get => next;
        set => next = value;
    }

    /// <inheritdoc/>
    public override int ReadByte() => next < end ? *next++ : -1;
}
