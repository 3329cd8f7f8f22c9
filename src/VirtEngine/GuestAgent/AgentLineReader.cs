using System.Buffers;
using VirtEngine.Channels;

namespace VirtEngine.GuestAgent;

/// <summary>
/// Cuts what the guest writes into lines. A byte 0xFF, which no JSON holds, throws away what came before it in its line
/// (QEMU guest agent protocol, <c>guest-sync-delimited</c>). A line that grows beyond its limit is thrown away.
/// </summary>
internal sealed class AgentLineReader(IGuestChannel channel, int longestLine)
{
    internal const byte Sentinel = 0xff;

    private readonly byte[] _chunk = new byte[16 << 10];
    private int _start;
    private int _end;
    private ArrayBufferWriter<byte> _line = new();
    private bool _tooLong;
    private bool _delimited;

    /// <summary>Reads the next line.</summary>
    /// <returns>The line without its end, or null when the machine is gone.</returns>
    internal async ValueTask<AgentLine?> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            while (_start < _end)
            {
                if (Take(out var line))
                {
                    return line;
                }
            }

            _start = 0;
            _end = await channel.ReadAsync(_chunk, cancellation).ConfigureAwait(false);
            if (_end == 0)
            {
                return null;
            }
        }
    }

    private bool Take(out AgentLine line)
    {
        var rest = _chunk.AsSpan(_start.._end);
        var stop = rest.IndexOfAny((byte)'\n', Sentinel);
        var part = stop < 0 ? rest : rest[..stop];
        _tooLong |= _line.WrittenCount + part.Length > longestLine;
        if (!_tooLong)
        {
            _line.Write(part);
        }

        _start += stop < 0 ? part.Length : stop + 1;
        line = default;
        if (stop < 0)
        {
            return false;
        }

        if (rest[stop] == Sentinel)
        {
            Clear();
            _delimited = true;
            return false;
        }

        line = new(_tooLong ? [] : _line.WrittenSpan.ToArray(), _delimited, _tooLong);
        Clear();
        return line.Text.Length > 0 || line.TooLong;
    }

    private void Clear()
    {
        // A long answer's buffer is not kept for the machine's life.
        if (_line.Capacity > 1 << 20)
        {
            _line = new();
        }
        else
        {
            _line.ResetWrittenCount();
        }

        _tooLong = false;
        _delimited = false;
    }
}
