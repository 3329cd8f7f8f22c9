using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using VirtFoundation;
using VirtFoundation.Interop;

namespace VirtEngine.Consoles;

/// <summary>A terminal of Linux, by termios.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed unsafe class UnixTerminal : HostTerminal
{
    private const int Input = 0, Output = 1;

    private readonly Lock _gate = new();
    private readonly Libc.Termios _found;
    private readonly SafeFileHandle _input = new(Input, ownsHandle: false), _output = new(Output, ownsHandle: false);
    private readonly SafeFileHandle _interrupt;
    private readonly List<PosixSignalRegistration> _signals = [];
    private bool _isRaw, _isGivenBack;

    internal UnixTerminal()
    {
        if (Libc.IsATty(Input) == 0 || Libc.IsATty(Output) == 0 || Libc.TcGetAttr(Input, out _found) != 0)
        {
            throw None();
        }

        var descriptor = Libc.Eventfd(0, Libc.EFD_CLOEXEC);
        _interrupt = descriptor >= 0 ? new(descriptor, ownsHandle: true)
            : throw VirtException.Storage("The terminal cannot be read", new IOException(Marshal.GetLastPInvokeErrorMessage()));
    }

    public override void EnterRaw()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isGivenBack, this);
            _isRaw = true;
            Apply();
        }

        AppDomain.CurrentDomain.ProcessExit += OnExit;
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
        {
            _signals.Add(PosixSignalRegistration.Create(signal, _ => Restore()));
        }

        // Who stopped this process and let it go on has used the terminal in between.
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ =>
        {
            lock (_gate)
            {
                Apply();
            }
        }));
    }

    public override void Dispose()
    {
        Restore();
        Interrupt();
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        _signals.ForEach(signal => signal.Dispose());
        _signals.Clear();
        _interrupt.Dispose(); // Open until nobody waits for it.
    }

    internal override int Read(Span<byte> buffer)
    {
        var held = false;
        try
        {
            _interrupt.DangerousAddRef(ref held);
            return Read(buffer, (int)_interrupt.DangerousGetHandle());
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
        finally
        {
            if (held)
            {
                _interrupt.DangerousRelease();
            }
        }
    }

    internal override void Interrupt()
    {
        var one = 1L;
        try
        {
            _ = Libc.Write(_interrupt, (byte*)&one, sizeof(long));
        }
        catch (ObjectDisposedException)
        {
            return; // Nobody reads any more.
        }
    }

    internal override void Write(ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            for (var done = 0; done < data.Length;)
            {
                var written = Libc.Write(_output, start + done, (nuint)(data.Length - done));
                if (written < 0 && Marshal.GetLastPInvokeError() == Libc.EAGAIN)
                {
                    Wait(Output, Libc.POLLOUT);
                }
                else if (written < 0 && Marshal.GetLastPInvokeError() != Libc.EINTR)
                {
                    return;
                }

                done += (int)Math.Max(0, written);
            }
        }
    }

    private static void Wait(int descriptor, short events)
    {
        var wanted = new Libc.PollEntry { Fd = descriptor, Events = events };
        _ = Libc.Poll(&wanted, 1, -1);
    }

    private int Read(Span<byte> buffer, int interrupt)
    {
        var wanted = stackalloc Libc.PollEntry[2];
        wanted[0] = new() { Fd = Input, Events = Libc.POLLIN };
        wanted[1] = new() { Fd = interrupt, Events = Libc.POLLIN };
        while (true)
        {
            if (Libc.Poll(wanted, 2, -1) < 0)
            {
                if (Marshal.GetLastPInvokeError() == Libc.EINTR)
                {
                    continue;
                }

                return 0;
            }

            if (wanted[1].Returned != 0)
            {
                return 0;
            }

            nint read;
            fixed (byte* start = buffer)
            {
                read = Libc.Read(_input, start, (nuint)buffer.Length);
            }

            if (read >= 0 || Marshal.GetLastPInvokeError() is not (Libc.EINTR or Libc.EAGAIN))
            {
                return (int)Math.Max(0, read); // A window that was closed reads as an error.
            }
        }
    }

    // The gate is held.
    private void Apply()
    {
        if (_isRaw)
        {
            var raw = _found;
            Libc.CfMakeRaw(ref raw);
            _ = Libc.TcSetAttr(Input, Libc.TCSADRAIN, in raw);
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
                _ = Libc.TcSetAttr(Input, Libc.TCSADRAIN, in _found);
            }
        }
    }

    private void OnExit(object? sender, EventArgs e) => Restore();
}
