using System.Runtime.CompilerServices;
using VirtEngine.Control;
using VirtEngine.GuestAgent;
using VirtEngine.Measures;
using VirtFoundation;
using VirtFoundation.Control;
using VirtFoundation.Events;
using VirtSpecs;

namespace VirtEngine.Hosts;

/// <summary>A conversation with a running machine's worker.</summary>
public sealed class MachineConnection : IAsyncDisposable
{
    private readonly ControlClient _client;

    internal MachineConnection(ControlClient client) => _client = client;

    /// <summary>Asks the machine to stop, and returns when it is off.</summary>
    /// <param name="mode">How.</param>
    /// <param name="timeout">How long the guest may take.</param>
    /// <param name="thenTurnOff">Whether it is turned off after that time.</param>
    /// <param name="cancellation">Ends the wait; the order stands.</param>
    /// <exception cref="VirtException">It was not off in time.</exception>
    public async Task StopAsync(StopMode mode, TimeSpan timeout, bool thenTurnOff, CancellationToken cancellation) =>
        await _client.SendAsync(new StopRequest(mode, (long)timeout.TotalMilliseconds, thenTurnOff), cancellation).ConfigureAwait(false);

    /// <summary>Stops processors and time.</summary>
    public Task PauseAsync(CancellationToken cancellation) => _client.SendAsync(new PauseRequest(), cancellation);

    /// <summary>Goes on after a pause.</summary>
    public Task ResumeAsync(CancellationToken cancellation) => _client.SendAsync(new ResumeRequest(), cancellation);

    /// <summary>Asks the guest to do without memory, which its balloon then holds and the host has back. It ends with the machine's run.</summary>
    /// <param name="size">How much; zero lets the guest have all of it.</param>
    /// <param name="cancellation">Ends the wait for the worker.</param>
    /// <exception cref="VirtException">It is not less than the machine's memory.</exception>
    public Task SetBalloonAsync(ByteSize size, CancellationToken cancellation) => _client.SendAsync(new SetBalloonRequest(size.Bytes), cancellation);

    /// <summary>Reads the console.</summary>
    /// <param name="offset">Where to begin, in bytes from the run's start; what is no longer kept is skipped.</param>
    /// <param name="follow">Whether to go on as the guest writes, until the machine is off.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async IAsyncEnumerable<ConsolePart> ReadConsoleAsync(
        long offset, bool follow, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var reply in _client.StreamAsync(new ReadConsoleRequest(offset, follow), cancellation).ConfigureAwait(false))
        {
            if (reply is ConsoleReply part)
            {
                yield return new(part.Offset, part.Data);
            }
        }
    }

    /// <summary>Types into the console.</summary>
    public async Task WriteConsoleAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        for (var rest = data; !rest.IsEmpty; rest = rest[Math.Min(rest.Length, ControlProtocol.LargestPart)..])
        {
            var part = rest[..Math.Min(rest.Length, ControlProtocol.LargestPart)].ToArray();
            await _client.SendAsync(new WriteConsoleRequest(part), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for a sign of life of the guest agent.</summary>
    /// <exception cref="VirtException">It is not connected, or does not answer in time.</exception>
    public Task PingAgentAsync(TimeSpan timeout, CancellationToken cancellation) =>
        _client.SendAsync(new AgentPingRequest((long)timeout.TotalMilliseconds), cancellation);

    /// <summary>Asks the guest agent about itself.</summary>
    public async Task<AgentInfo> GetAgentInfoAsync(CancellationToken cancellation) =>
        (await _client.SendAsync<AgentInfoReply>(new AgentInfoRequest(), cancellation).ConfigureAwait(false)).Info;

    /// <summary>Asks the guest about its operating system.</summary>
    public async Task<GuestOperatingSystem> GetOperatingSystemAsync(CancellationToken cancellation) =>
        (await _client.SendAsync<AgentSystemReply>(new AgentSystemRequest(), cancellation).ConfigureAwait(false)).System;

    /// <summary>Asks the guest for its network interfaces.</summary>
    public async Task<IReadOnlyList<GuestNetworkInterface>> GetNetworkInterfacesAsync(CancellationToken cancellation) =>
        (await _client.SendAsync<AgentNetworkReply>(new AgentNetworkRequest(), cancellation).ConfigureAwait(false)).Interfaces;

    /// <summary>Runs a program in the guest and waits for its end.</summary>
    /// <exception cref="VirtException">
    /// The agent refuses or is gone; <see cref="VirtErrorCode.AgentOutcomeUnknown"/> if the program may have run or may be running.
    /// </exception>
    public async Task<GuestCommandResult> RunAsync(GuestCommand command, CancellationToken cancellation)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        await foreach (var reply in _client.StreamAsync(new AgentRunRequest(command), cancellation).ConfigureAwait(false))
        {
            switch (reply)
            {
                case OutputReply part:
                    (part.IsError ? error : output).Write(part.Data);
                    break;
                case AgentRunReply end:
                    return end.Result with { Output = output.ToArray(), Error = error.ToArray() };
            }
        }

        throw new VirtException(VirtErrorCode.ProtocolViolation, "The worker did not say how the command ended.");
    }

    /// <summary>Asks the guest to start again, without turning the machine off.</summary>
    public Task RebootGuestAsync(CancellationToken cancellation) =>
        _client.SendAsync(new AgentPowerRequest(GuestPowerAction.Reboot), cancellation);

    /// <summary>Copies a stream into a file of the guest.</summary>
    /// <param name="source">Read to its end.</param>
    /// <param name="path">The file in the guest; made, or emptied.</param>
    /// <param name="progress">Told of the bytes copied so far.</param>
    /// <param name="cancellation">Ends the copying; the guest's file stays cut off.</param>
    /// <returns>Bytes copied.</returns>
    public async Task<long> CopyToGuestAsync(Stream source, string path, IProgress<long>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(source);
        var handle = await OpenAsync(path, GuestFileMode.Create, cancellation).ConfigureAwait(false);
        var buffer = new byte[GuestAgentClient.FileChunk];
        var copied = 0L;
        try
        {
            int read;
            while ((read = await source.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false)) > 0)
            {
                await _client.SendAsync(new WriteFileRequest(handle, buffer[..read]), cancellation).ConfigureAwait(false);
                copied += read;
                progress?.Report(copied);
            }
        }
        catch
        {
            await TryCloseAsync(handle, cancellation).ConfigureAwait(false);
            throw;
        }

        // What the guest could not write it may say only now.
        await _client.SendAsync(new CloseFileRequest(handle), cancellation).ConfigureAwait(false);
        return copied;
    }

    /// <summary>Copies a file of the guest into a stream.</summary>
    /// <param name="path">The file in the guest.</param>
    /// <param name="target">Where to write.</param>
    /// <param name="progress">Told of the bytes copied so far.</param>
    /// <param name="cancellation">Ends the copying.</param>
    /// <returns>Bytes copied.</returns>
    public async Task<long> CopyFromGuestAsync(string path, Stream target, IProgress<long>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(target);
        var handle = await OpenAsync(path, GuestFileMode.Read, cancellation).ConfigureAwait(false);
        var copied = 0L;
        try
        {
            while (true)
            {
                var part = await _client.SendAsync<DataReply>(new ReadFileRequest(handle, GuestAgentClient.FileChunk), cancellation)
                    .ConfigureAwait(false);
                if (part.Data.Length == 0)
                {
                    return copied;
                }

                await target.WriteAsync(part.Data, cancellation).ConfigureAwait(false);
                copied += part.Data.Length;
                progress?.Report(copied);
            }
        }
        catch (VirtException e) when (e.Code == VirtErrorCode.AgentRefused)
        {
            throw new VirtException(e.Code, $"'{path}' cannot be read. {e.Message}", e); // Such as a directory; the agent does not say which one.
        }
        finally
        {
            await TryCloseAsync(handle, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Hangs up.</summary>
    public ValueTask DisposeAsync() => _client.DisposeAsync();

    internal async Task<MachineCounters> GetCountersAsync(CancellationToken cancellation) =>
        (await _client.SendAsync<MeasureReply>(new MeasureRequest(), cancellation).ConfigureAwait(false)).Counters;

    internal async Task<StatusReply> GetStatusAsync(CancellationToken cancellation) =>
        await _client.SendAsync<StatusReply>(new StatusRequest(), cancellation).ConfigureAwait(false);

    internal async IAsyncEnumerable<LoggedEvent> ReadEventsAsync(
        long after, bool follow, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var reply in _client.StreamAsync(new ReadEventsRequest(after, follow), cancellation).ConfigureAwait(false))
        {
            if (reply is EventReply found)
            {
                yield return found.Event;
            }
        }
    }

    private async Task<long> OpenAsync(string path, GuestFileMode mode, CancellationToken cancellation) =>
        (await _client.SendAsync<NumberReply>(new OpenFileRequest(path, mode), cancellation).ConfigureAwait(false)).Value;

    // Who gives up does not wait for the guest: the worker closes what is left open when we hang up.
    private async Task TryCloseAsync(long handle, CancellationToken cancellation)
    {
        try
        {
            await _client.SendAsync(new CloseFileRequest(handle), cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is VirtException or OperationCanceledException)
        {
            return;
        }
    }
}
