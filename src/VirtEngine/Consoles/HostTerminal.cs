using System.Text;
using VirtFoundation;

namespace VirtEngine.Consoles;

/// <summary>The terminal that this process stands at: its keys as they are pressed, its screen as it is written to.</summary>
public abstract class HostTerminal : IDisposable
{
    private protected HostTerminal()
    {
    }

    /// <summary>The terminal of the standard streams, which stays as it is until <see cref="EnterRaw"/>.</summary>
    /// <exception cref="VirtException">One of them is redirected, or there is no terminal.</exception>
    public static HostTerminal Open() => OperatingSystem.IsWindows() ? new WindowsTerminal() : new UnixTerminal();

    /// <summary>From now on every key arrives at once, Ctrl+C too, and nothing is done to what is written. Ended by <see cref="Dispose"/>.</summary>
    /// <exception cref="VirtException">The system refuses.</exception>
    public abstract void EnterRaw();

    /// <summary>Gives the terminal back as it was found, whatever happened in between.</summary>
    public abstract void Dispose();

    /// <summary>Writes a line of our own.</summary>
    /// <param name="text">The line.</param>
    public void WriteLine(string text) => Write(Encoding.UTF8.GetBytes($"\r\n{text}\r\n"));

    /// <summary>Waits for keys.</summary>
    /// <param name="buffer">Takes them as a terminal sends them: UTF-8, escape sequences.</param>
    /// <returns>Bytes; 0 when the window was closed, after <see cref="Interrupt"/> and after <see cref="Dispose"/>.</returns>
    internal abstract int Read(Span<byte> buffer);

    /// <summary>Ends <see cref="Read"/>, now and for good; from any thread.</summary>
    internal abstract void Interrupt();

    /// <summary>Writes to the screen; what finds no terminal any more is lost.</summary>
    internal abstract void Write(ReadOnlySpan<byte> data);

    private protected static VirtException None() => new(
        VirtErrorCode.TerminalUnavailable, "This needs a terminal: standard input or output is redirected, or there is none.");
}
