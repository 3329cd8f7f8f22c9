using System.Runtime.CompilerServices;
using AppLayer.Applications.Control;
using VirtFoundation;
using VirtFoundation.Control;
using VirtFoundation.Events;

namespace AppLayer.Applications;

/// <summary>A conversation with a running application's worker.</summary>
public sealed class ApplicationConnection : IAsyncDisposable
{
    private readonly ControlClient _client;

    private ApplicationConnection(ControlClient client) => _client = client;

    internal static async Task<ApplicationConnection> OpenAsync(string socket, Guid id, CancellationToken cancellation) =>
        new(await ControlClient.ConnectAsync(socket, id, ApplicationDialect.Instance, cancellation).ConfigureAwait(false));

    /// <summary>Starts a program in the view.</summary>
    /// <returns>The program, with its number in the run.</returns>
    /// <exception cref="VirtException">It is not there, or the application ends.</exception>
    public async Task<ProgramRecord> StartAsync(ProgramStart program, CancellationToken cancellation) =>
        (await _client.SendAsync<ProgramStartedReply>(new StartProgramRequest(program), cancellation).ConfigureAwait(false)).Program;

    /// <summary>Waits for a program's end.</summary>
    /// <param name="number">Its number in the run.</param>
    /// <param name="cancellation">Ends the wait; the program goes on.</param>
    /// <returns>What it ended with.</returns>
    public async Task<int> WaitAsync(int number, CancellationToken cancellation) =>
        (await _client.SendAsync<ProgramEndedReply>(new WaitProgramRequest(number), cancellation).ConfigureAwait(false)).ExitCode;

    /// <summary>Reads what a program wrote.</summary>
    /// <param name="number">Its number in the run.</param>
    /// <param name="isError">Whether to its standard error stream.</param>
    /// <param name="offset">Where to begin, in bytes; what is no longer kept is skipped.</param>
    /// <param name="follow">Whether to go on as it writes, until it ends.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async IAsyncEnumerable<ProgramOutputPart> ReadAsync(
        int number, bool isError, long offset, bool follow, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var reply in _client.StreamAsync(new ReadProgramRequest(number, isError, offset, follow), cancellation).ConfigureAwait(false))
        {
            if (reply is ProgramOutputReply part)
            {
                yield return new(part.Offset, part.Data);
            }
        }
    }

    /// <summary>Stops every program of the view, and returns when the run is recorded.</summary>
    /// <param name="timeout">How long the programs may take.</param>
    /// <param name="thenKill">Whether they are killed after that time.</param>
    /// <param name="cancellation">Ends the wait; the order stands.</param>
    /// <exception cref="VirtException">They had not ended in time.</exception>
    public Task StopAsync(TimeSpan timeout, bool thenKill, CancellationToken cancellation) =>
        _client.SendAsync(new StopApplicationRequest((long)timeout.TotalMilliseconds, thenKill), cancellation);

    /// <summary>Waits until the last program of the view has ended and the run is recorded.</summary>
    public async Task WaitForEndAsync(CancellationToken cancellation)
    {
        await foreach (var _ in ReadEventsAsync(long.MaxValue, cancellation).ConfigureAwait(false))
        {
            continue;
        }
    }

    /// <summary>Hangs up.</summary>
    public ValueTask DisposeAsync() => _client.DisposeAsync();

    internal Task<ApplicationStatusReply> GetStatusAsync(CancellationToken cancellation) =>
        _client.SendAsync<ApplicationStatusReply>(new StatusRequest(), cancellation);

    internal Task TetherAsync(CancellationToken cancellation) => _client.SendAsync(new TetherRequest(), cancellation);

    internal Task EndAsync(CancellationToken cancellation) => _client.SendAsync(new EndRequest(), cancellation);

    private async IAsyncEnumerable<LoggedEvent> ReadEventsAsync(long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var reply in _client.StreamAsync(new ReadEventsRequest(after, Follow: true), cancellation).ConfigureAwait(false))
        {
            if (reply is EventReply found)
            {
                yield return found.Event;
            }
        }
    }
}
