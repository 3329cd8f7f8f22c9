using System.Text;
using VirtFoundation.Interop;

namespace VirtEngine.Consoles;

/// <summary>A console of Windows, which speaks as terminals do since Windows 10 (virtual terminal sequences).</summary>
internal sealed unsafe class WindowsTerminal : HostTerminal
{
    private const int MostRecords = 32;

    private readonly Lock _gate = new();
    private readonly nint _input, _output;
    private readonly uint _inputMode, _outputMode, _outputPage;
    private readonly ManualResetEvent _interrupt = new(initialState: false);
    private readonly Encoder _encoder = Encoding.UTF8.GetEncoder();
    private bool _isRaw, _isGivenBack;

    internal WindowsTerminal()
    {
        _input = Kernel32.GetStdHandle(Kernel32.STD_INPUT_HANDLE);
        _output = Kernel32.GetStdHandle(Kernel32.STD_OUTPUT_HANDLE);
        if (!Kernel32.GetConsoleMode(_input, out _inputMode) || !Kernel32.GetConsoleMode(_output, out _outputMode))
        {
            throw None();
        }

        _outputPage = Kernel32.GetConsoleOutputCodePage();
    }

    public override void EnterRaw()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isGivenBack, this);
            _isRaw = true;
            const uint Shown = Kernel32.ENABLE_PROCESSED_OUTPUT
                | Kernel32.ENABLE_VIRTUAL_TERMINAL_PROCESSING | Kernel32.DISABLE_NEWLINE_AUTO_RETURN;
            if (!Kernel32.SetConsoleMode(_input, Kernel32.ENABLE_VIRTUAL_TERMINAL_INPUT)
                || !Kernel32.SetConsoleMode(_output, _outputMode | Shown))
            {
                Restore();
                throw None();
            }

            Kernel32.SetConsoleOutputCodePage(Kernel32.CP_UTF8);
        }

        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    // The event is left to the collector: a thread may still wait for it.
    public override void Dispose()
    {
        Restore();
        Interrupt();
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
    }

    internal override int Read(Span<byte> buffer)
    {
        var records = stackalloc Kernel32.InputRecord[MostRecords];
        var handles = stackalloc nint[] { _interrupt.SafeWaitHandle.DangerousGetHandle(), _input };
        Span<char> text = stackalloc char[MostRecords];
        while (true)
        {
            // The first that is signalled counts: the interruption before keys. A record is a character, and a character 4 bytes at most.
            var wanted = (uint)Math.Min(MostRecords, buffer.Length / 4);
            if (Kernel32.WaitForMultipleObjects(2, handles, all: false, Kernel32.INFINITE) != 1
                || !Kernel32.ReadConsoleInput(_input, records, wanted, out var read))
            {
                return 0;
            }

            var length = 0;
            for (var i = 0; i < read; i++)
            {
                if (records[i] is { EventType: Kernel32.KEY_EVENT, KeyDown: not 0, Character: not 0 and var character })
                {
                    text[length++] = (char)character;
                }
            }

            if (_encoder.GetBytes(text[..length], buffer, flush: false) is > 0 and var count)
            {
                return count;
            }
        }
    }

    internal override void Interrupt() => _interrupt.Set();

    internal override void Write(ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            for (uint done = 0; done < data.Length;)
            {
                if (!Kernel32.WriteFile(_output, start + done, (uint)data.Length - done, out var written, 0))
                {
                    return;
                }

                done += written;
            }
        }
    }

    private void Restore()
    {
        lock (_gate)
        {
            _isGivenBack = true;
            if (_isRaw)
            {
                _isRaw = false;
                Kernel32.SetConsoleMode(_input, _inputMode);
                Kernel32.SetConsoleMode(_output, _outputMode);
                Kernel32.SetConsoleOutputCodePage(_outputPage);
            }
        }
    }

    private void OnExit(object? sender, EventArgs e) => Restore();
}
