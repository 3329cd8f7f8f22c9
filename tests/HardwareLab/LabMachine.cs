using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace HardwareLab;

/// <summary>
/// A machine with AMD-V, emulated by QEMU, in which /dev/kvm is that of a real processor. It has the host's files under their paths, read-only;
/// what a program writes stays in the lab's memory and goes with it. Programs run one after the other.
/// </summary>
public sealed class LabMachine : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly LabConsole _console;
    private readonly LabBeat? _beat;
    private readonly Process _qemu;
    private readonly Task _reading;
    private readonly DirectoryInfo _directory;
    private readonly TimeSpan _composing, _grace;
    private Socket? _port;
    private StreamReader? _output;
    private LabException? _dead;
    private int _orders;

    private LabMachine(LabImage image, LabOptions options, DirectoryInfo directory, TimeSpan composing)
    {
        _directory = directory;
        _composing = composing;
        _grace = options.Grace;
        _console = new LabConsole();
        // Where clocks count instructions, timers run in the processor's own thread: no interrupt is lost, and none from outside is wanted.
        string? beat = options.ClockOfInstructions ? null : Path.Combine(directory.FullName, "beat");
        if (beat is not null) _beat = new LabBeat(beat);
        _qemu = Qemu.Start(image, options, Path.Combine(directory.FullName, "orders"), beat);
        _reading = Task.WhenAll(ReadAsync(_qemu.StandardOutput), ReadAsync(_qemu.StandardError));
    }

    /// <summary>Why no lab can be had here, or null.</summary>
    public static string? Unavailable => Qemu.Unavailable;

    /// <summary>The program that runs .NET assemblies, in the lab as on the host.</summary>
    public static string Dotnet => Path.Combine(FastFiles.DotnetRoot, "dotnet");

    /// <summary>How long it took until the first program could be ordered, from QEMU's start.</summary>
    public TimeSpan BootTime { get; private set; }

    /// <summary>How long it took to have the lab's files; long only the first time.</summary>
    public TimeSpan ComposeTime => _composing;

    /// <summary>Lines of the console in which the kernel complains, as of a warning.</summary>
    public IReadOnlyList<string> Complaints => _console.Complaints;

    /// <summary>The end of the console.</summary>
    public string Console => _console.Tail();

    /// <summary>Boots a lab.</summary>
    /// <exception cref="LabException">There can be none here, or it did not come up.</exception>
    /// <exception cref="VirtFoundation.Packages.PackageSourceException">apt cannot give the packages.</exception>
    public static async Task<LabMachine> BootAsync(LabOptions? options = null, CancellationToken cancellation = default)
    {
        if (Unavailable is { } reason) throw new LabException(reason);
        options ??= new LabOptions();
        var watch = Stopwatch.StartNew();
        var image = LabImage.Obtain();
        var composing = watch.Elapsed;
        watch.Restart();

        var directory = Directory.CreateTempSubdirectory("vt-lab-");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(directory.FullName, "orders")));
        listener.Listen(1);
        var lab = new LabMachine(image, options, directory, composing);
        try
        {
            await lab.ConnectAsync(listener, options.Patience, cancellation).ConfigureAwait(false);
            lab.BootTime = watch.Elapsed;
            return lab;
        }
        catch
        {
            await lab.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">Its absolute path, as on the host.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables besides the usual ones.</param>
    /// <param name="limit">How long it may take, a minute by default; then it is killed.</param>
    /// <param name="line">Told of each line of output when it comes.</param>
    /// <param name="cancellation">Ends the waiting for a turn; a program that runs is not stopped.</param>
    /// <exception cref="LabException">The lab has died or does not answer: no further program can run in it.</exception>
    public async Task<LabRun> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, TimeSpan? limit = null,
        Action<string>? line = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (!Path.IsPathRooted(program)) throw new ArgumentException($"'{program}' is no absolute path.", nameof(program));
        var time = limit ?? TimeSpan.FromMinutes(1);
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_dead is not null) throw new LabException($"The lab had died before: {_dead.Message}", _dead);
            return await RunOrderAsync(program, arguments, environment, time, line).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes the lab away; nothing of it stays.</summary>
    public async ValueTask DisposeAsync()
    {
        // The wrapper's reader kills QEMU, and the wrapper ends with it.
        _qemu.StandardInput.Close();
        await _qemu.WaitForExitAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        if (_beat is not null) await _beat.DisposeAsync().ConfigureAwait(false);
        _output?.Dispose();
        _port?.Dispose();
        _qemu.Dispose();
        _turn.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task ConnectAsync(Socket listener, TimeSpan patience, CancellationToken cancellation)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        time.CancelAfter(patience);
        // When QEMU ends, nobody connects or answers any more.
        var exit = _qemu.WaitForExitAsync(time.Token);
        try
        {
            var accept = listener.AcceptAsync(time.Token).AsTask();
            if (await Task.WhenAny(accept, exit).ConfigureAwait(false) == exit) await exit.ConfigureAwait(false);
            if (!accept.IsCompleted) throw await DiedAsync().ConfigureAwait(false);
            _port = await accept.ConfigureAwait(false);
            _output = new StreamReader(new NetworkStream(_port), new UTF8Encoding(false), detectEncodingFromByteOrderMarks: false, bufferSize: 1 << 16);
            string? word = await _output.ReadLineAsync(time.Token).ConfigureAwait(false);
            if (word is null) throw await DiedAsync().ConfigureAwait(false);
            if (word != LabSystem.Ready) throw new LabException($"The lab says '{word}' instead of '{LabSystem.Ready}'.\n{Console}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new LabException($"The lab did not come up within {patience.TotalSeconds:f0} s. The end of its console:\n{Console}");
        }
        catch (IOException)
        {
            throw await DiedAsync().ConfigureAwait(false);
        }
    }

    private async Task<LabRun> RunOrderAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment, TimeSpan limit, Action<string>? line)
    {
        string token = $"end-{++_orders}";
        var watch = Stopwatch.StartNew();
        using var time = new CancellationTokenSource(limit + _grace);
        var output = new StringBuilder();
        try
        {
            byte[] order = Encoding.ASCII.GetBytes(LabOrder.Compose(token, program, arguments, environment, limit));
            for (int sent = 0; sent < order.Length;) sent += await _port!.SendAsync(order.AsMemory(sent), time.Token).ConfigureAwait(false);
            while (await _output!.ReadLineAsync(time.Token).ConfigureAwait(false) is { } text)
            {
                int mark = text.IndexOf(LabSystem.EndMark + token, StringComparison.Ordinal);
                string said = mark < 0 ? text : text[..mark];
                if (mark < 0 || said.Length > 0)
                {
                    output.Append(said).Append('\n');
                    line?.Invoke(said);
                }

                if (mark < 0) continue;
                int code = int.Parse(text.AsSpan(mark + token.Length + 2), NumberStyles.None, CultureInfo.InvariantCulture);
                const int killed = 128 + 9;
                return new LabRun(code, output.ToString(), watch.Elapsed, code == killed && watch.Elapsed >= limit);
            }
        }
        catch (OperationCanceledException)
        {
            _dead = new LabException($"The lab does not answer: '{program}' should have been killed in it after {limit.TotalSeconds:f0} s. Its output:\n{output}\n"
                + $"The end of the console:\n{Console}");
            throw _dead;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            _dead = await DiedAsync($" while it ran '{program}', whose output was:\n{output}").ConfigureAwait(false);
            throw _dead;
        }

        _dead = await DiedAsync($" while it ran '{program}', whose output was:\n{output}").ConfigureAwait(false);
        throw _dead;
    }

    private async Task<LabException> DiedAsync(string when = "")
    {
        // Its last words come after the end of the port.
        _qemu.StandardInput.Close();
        await _qemu.WaitForExitAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        return new LabException(_console.Death is { } death
            ? $"The lab's kernel panicked ({death}){when}\nThe end of the console:\n{Console}"
            : $"QEMU ended with {_qemu.ExitCode}{when}\nThe end of the console:\n{Console}");
    }

    private async Task ReadAsync(StreamReader stream)
    {
        while (await stream.ReadLineAsync().ConfigureAwait(false) is { } line) _console.Add(line);
    }
}
