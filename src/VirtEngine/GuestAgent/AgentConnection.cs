using System.Text.Json;
using System.Threading.Channels;
using VirtEngine.Channels;
using VirtFoundation;

namespace VirtEngine.GuestAgent;

/// <summary>
/// One conversation with the agent at a time: a command goes out, its answer comes back. After anything that leaves unread answers behind,
/// the next command is preceded by a sync. A command that was sent and whose answer cannot come any more has an unknown outcome, and is never
/// sent again by itself.
/// </summary>
internal sealed class AgentConnection : IAsyncDisposable
{
    /// <summary>Two captured streams of 16 MiB in base64 and what stands around them.</summary>
    internal const int LongestLine = 48 << 20;

    /// <summary>Values in a line: an answer that is long is so for what is in its strings, and one of many values would need many times its length.</summary>
    internal const int MostValues = 50_000;

    private const int LongestRefusal = 1000;

    /// <summary>How long the agent may take to answer a sync before it gets another.</summary>
    private static readonly TimeSpan SyncPatience = TimeSpan.FromSeconds(2);

    private readonly IGuestChannel _channel;
    private readonly AgentLineReader _reader;
    private readonly Channel<AgentLine> _lines;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _reading;
    private readonly Lock _gate = new();
    private CancellationTokenSource _session = new();
    private bool _synchronised;
    private long _lastSync;

    internal AgentConnection(IGuestChannel channel, int longestLine = LongestLine)
    {
        _channel = channel;
        _reader = new(channel, longestLine);
        // A guest that talks without being asked waits.
        _lines = Channel.CreateBounded<AgentLine>(new BoundedChannelOptions(1) { SingleReader = false, SingleWriter = true });
        _session.Cancel();
        channel.GuestOpenChanged += OnGuestOpenChanged;
        lock (_gate)
        {
            if (channel.IsGuestOpen && _session.IsCancellationRequested)
            {
                _session = new();
            }
        }

        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Whether somebody in the guest has the port open, and can be spoken to.</summary>
    internal bool IsOpen
    {
        get
        {
            lock (_gate)
            {
                return !_session.IsCancellationRequested;
            }
        }
    }

    /// <summary>Raised when the agent opens (true) or closes (false) its port.</summary>
    internal event Action<bool>? OpenChanged;

    /// <summary>Makes sure that the agent answers.</summary>
    /// <exception cref="VirtException">It is not connected, or does not answer in time.</exception>
    internal Task SynchroniseAsync(TimeSpan timeout, CancellationToken cancellation) =>
        TakeTurnAsync("guest-sync-delimited", timeout, SynchroniseAsync, cancellation);

    /// <summary>Sends a command and waits for its answer.</summary>
    /// <returns>The value of <c>return</c>.</returns>
    /// <exception cref="VirtException">The agent is not connected, refuses, does not answer in time, or the outcome is unknown.</exception>
    internal async Task<JsonElement> SendAsync(AgentCommand command, TimeSpan timeout, CancellationToken cancellation)
    {
        JsonElement result = default;
        await TakeTurnAsync(command.Name, timeout, async token =>
        {
            await SynchroniseAsync(token).ConfigureAwait(false);
            // From here on an answer is outstanding until it was read.
            _synchronised = false;
            try
            {
                await _channel.WriteAsync(AgentRequests.Line(command, delimited: false), token).ConfigureAwait(false);
                result = await AnswerAsync(token).ConfigureAwait(false);
                _synchronised = true;
            }
            catch (Exception e) when (!command.Repeatable && e is OperationCanceledException or IOException && !cancellation.IsCancellationRequested)
            {
                throw new VirtException(
                    VirtErrorCode.AgentOutcomeUnknown,
                    $"{command.Name} was sent to the guest agent and its answer did not come: it may or may not have been carried out.", e);
            }
        }, cancellation).ConfigureAwait(false);
        return result;
    }

    /// <summary>Sends a command that is answered by an error or not at all (<c>guest-shutdown</c>).</summary>
    /// <param name="command">The command.</param>
    /// <param name="patience">How long an error may take; the port's closing ends the wait too.</param>
    /// <param name="cancellation">Ends the wait; the command stays sent.</param>
    internal Task SendWithoutAnswerAsync(AgentCommand command, TimeSpan patience, CancellationToken cancellation) =>
        TakeTurnAsync(command.Name, SyncPatience + SyncPatience + patience, async token =>
        {
            await SynchroniseAsync(token).ConfigureAwait(false);
            _synchronised = false;
            await _channel.WriteAsync(AgentRequests.Line(command, delimited: false), token).ConfigureAwait(false);
            using var wait = CancellationTokenSource.CreateLinkedTokenSource(token);
            wait.CancelAfter(patience);
            try
            {
                await AnswerAsync(wait.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return; // No error came: it was accepted.
            }
        }, cancellation);

    public async ValueTask DisposeAsync()
    {
        _channel.GuestOpenChanged -= OnGuestOpenChanged;
        await _end.CancelAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            _session.Cancel();
        }
    }

    private async Task TakeTurnAsync(string what, TimeSpan timeout, Func<CancellationToken, Task> conversation, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _end.Token);
        patience.CancelAfter(timeout);
        try
        {
            await _turn.WaitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new VirtException(VirtErrorCode.AgentTimeout, $"The guest agent was busy for {timeout.TotalSeconds:0.#} s; {what} was not sent.");
        }

        CancellationToken session = default;
        try
        {
            lock (_gate)
            {
                session = _session.Token;
            }

            if (session.IsCancellationRequested)
            {
                throw NotConnected(null);
            }

            using var all = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, session);
            await conversation(all.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw session.IsCancellationRequested || _end.IsCancellationRequested
                ? NotConnected(e)
                : new VirtException(VirtErrorCode.AgentTimeout, $"The guest agent did not answer {what} within {timeout.TotalSeconds:0.#} s.", e);
        }
        catch (IOException e)
        {
            throw NotConnected(e);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static VirtException NotConnected(Exception? cause) =>
        new(VirtErrorCode.AgentNotConnected, "The guest agent is not connected.", cause);

    private async Task SynchroniseAsync(CancellationToken cancellation)
    {
        while (!_synchronised)
        {
            var id = ++_lastSync;
            await _channel.WriteAsync(AgentRequests.Line(AgentRequests.Sync(id), delimited: true), cancellation).ConfigureAwait(false);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(SyncPatience);
            try
            {
                while (!_synchronised)
                {
                    var line = await _lines.Reader.ReadAsync(patience.Token).ConfigureAwait(false);
                    _synchronised = line.Delimited && TryParse(line) is { } answer && answer.TryGetProperty("return", out var value)
                        && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var echoed) && echoed == id;
                }
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                continue; // It was starting, or busy with what came before: ask again with another number.
            }
        }
    }

    private async Task<JsonElement> AnswerAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var line = await _lines.Reader.ReadAsync(cancellation).ConfigureAwait(false);
            if (line.TooLong)
            {
                throw new VirtException(VirtErrorCode.AgentProtocolViolation, $"The guest agent sent a line of more than {LongestLine} bytes.");
            }

            if (TryParse(line) is not { } answer)
            {
                continue; // Garbage: somebody else wrote to the port.
            }

            if (answer.TryGetProperty("return", out var value))
            {
                return value;
            }

            if (answer.TryGetProperty("error", out var error))
            {
                _synchronised = true;
                throw new VirtException(VirtErrorCode.AgentRefused, $"The guest agent refused: {Description(error)}");
            }
        }
    }

    private static string Description(JsonElement error)
    {
        try
        {
            return error.ValueKind == JsonValueKind.Object && error.TryGetProperty("desc", out var description)
                ? GuestText.Of(description, LongestRefusal)
                : "no reason given";
        }
        catch (FormatException)
        {
            return "for a reason that is no text";
        }
    }

    private static void CheckMeasure(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        for (var values = 0; reader.Read(); values++)
        {
            if (values == MostValues)
            {
                throw new VirtException(VirtErrorCode.AgentProtocolViolation, $"The guest agent sent a line of more than {MostValues} values.");
            }
        }
    }

    private static JsonElement? TryParse(AgentLine line)
    {
        try
        {
            CheckMeasure(line.Text);
            var root = JsonElement.Parse(line.Text);
            return root.ValueKind == JsonValueKind.Object ? root : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task ReadAsync()
    {
        while (await _reader.ReadAsync(_end.Token).ConfigureAwait(false) is { } line)
        {
            await _lines.Writer.WriteAsync(line, _end.Token).ConfigureAwait(false);
        }

        lock (_gate)
        {
            _session.Cancel(); // The machine is gone.
        }
    }

    private void OnGuestOpenChanged(bool open)
    {
        lock (_gate)
        {
            // Whoever speaks now knows nothing of what was asked before.
            _session.Cancel();
            if (open)
            {
                _session = new();
            }

            _synchronised = false;
        }

        OpenChanged?.Invoke(open);
    }
}
