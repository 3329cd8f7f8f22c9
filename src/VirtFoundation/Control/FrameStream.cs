using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace VirtFoundation.Control;

/// <summary>Frames on a stream. One reader and any number of writers at a time.</summary>
internal sealed class FrameStream(Stream stream) : IAsyncDisposable
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly byte[] _head = new byte[sizeof(int)];

    /// <summary>Reads the next frame.</summary>
    /// <returns>What it says, or null at the stream's orderly end.</returns>
    /// <exception cref="VirtException">The frame is too large, cut off, or not what it should be.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    internal async ValueTask<T?> ReadAsync<T>(MessageFormat<T> format, CancellationToken cancellation)
        where T : class
    {
        var read = await stream.ReadAtLeastAsync(_head, _head.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        if (read == 0)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(_head);
        if (read < _head.Length || length is <= 0 or > ControlProtocol.LargestFrame)
        {
            throw Violation(read < _head.Length ? "a frame's length is cut off" : $"a frame of {(uint)length} bytes");
        }

        // The buffer grows with what really comes, not with what was announced.
        var content = new ArrayBufferWriter<byte>(Math.Min(length, 4096));
        while (content.WrittenCount < length)
        {
            var room = content.GetMemory(1);
            room = room[..Math.Min(room.Length, length - content.WrittenCount)];
            read = await stream.ReadAsync(room, cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                throw Violation("a frame is cut off");
            }

            content.Advance(read);
        }

        try
        {
            return format.Read(content.WrittenSpan) ?? throw Violation("a frame says nothing");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or FormatException or InvalidOperationException or ArgumentException)
        {
            throw new VirtException(VirtErrorCode.ProtocolViolation, $"A frame is not understood: {e.Message}", e);
        }
    }

    /// <summary>Writes a frame.</summary>
    /// <exception cref="VirtException">It would be too large.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    internal async ValueTask WriteAsync<T>(T value, MessageFormat<T> format, CancellationToken cancellation)
        where T : class
    {
        var frame = new ArrayBufferWriter<byte>(512);
        frame.Advance(sizeof(int));
        format.Write(frame, value);
        var length = frame.WrittenCount - sizeof(int);
        if (length > ControlProtocol.LargestFrame)
        {
            throw new VirtException(
                VirtErrorCode.ParameterInvalid, $"The message has {length} bytes; the limit is {ControlProtocol.LargestFrame}.");
        }

        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsMemory(frame.WrittenMemory);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.Span, length);
        await _writing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            // A frame goes out whole: half of one would garble all that follow.
            await stream.WriteAsync(bytes, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private static VirtException Violation(string what) => new(VirtErrorCode.ProtocolViolation, $"The control connection brought {what}.");
}
