using System.Diagnostics;
using System.Text.Json;
using VirtEngine.Channels;
using VirtFoundation;

namespace VirtEngine.GuestAgent;

/// <summary>The guest agent, as its worker uses it (QEMU guest agent protocol over a virtio port).</summary>
public sealed class GuestAgentClient : IAsyncDisposable
{
    /// <summary>Bytes of a file that travel in one command.</summary>
    public const int FileChunk = 64 << 10;

    /// <summary>Bytes of a command's input; more is better copied as a file.</summary>
    public const int LargestInput = 512 << 10;

    // What a guest may list: more than any has.
    private const int MostCommands = 1000, MostInterfaces = 1000, MostAddresses = 64;

    // The clock of a cancellation counts 32 bits of milliseconds; nobody waits that long.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(24);

    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShutdownPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMilliseconds(200);

    private readonly AgentConnection _connection;
    private readonly TimeSpan _answerPatience;

    /// <summary>Speaks to the agent at the other end of a channel.</summary>
    /// <param name="channel">The host's end of the port.</param>
    public GuestAgentClient(IGuestChannel channel)
        : this(channel, AnswerPatience)
    {
    }

    internal GuestAgentClient(IGuestChannel channel, TimeSpan answerPatience)
    {
        _connection = new(channel);
        _answerPatience = answerPatience;
        _connection.OpenChanged += open => OpenChanged?.Invoke(open);
    }

    /// <summary>Whether the agent's port is open in the guest.</summary>
    public bool IsOpen => _connection.IsOpen;

    /// <summary>Raised when the port is opened or closed in the guest, on any thread.</summary>
    public event Action<bool>? OpenChanged;

    /// <summary>Waits for the agent's answer to a sync.</summary>
    /// <param name="timeout">How long.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="VirtException">It is not connected, or does not answer in time.</exception>
    public Task PingAsync(TimeSpan timeout, CancellationToken cancellation) => _connection.SynchroniseAsync(timeout, cancellation);

    /// <summary>Asks the agent about itself.</summary>
    public async Task<AgentInfo> GetInfoAsync(CancellationToken cancellation)
    {
        var answer = await SendAsync(AgentRequests.Info, cancellation).ConfigureAwait(false);
        return Parse("guest-info", answer, static info => new AgentInfo(
            GuestText.Of(info.GetProperty("version")),
            [
                .. Items(info.GetProperty("supported_commands"), MostCommands)
                    .Where(command => command.GetProperty("enabled").GetBoolean()).Select(command => GuestText.Of(command.GetProperty("name"))),
            ]));
    }

    /// <summary>Asks the guest about its operating system.</summary>
    public async Task<GuestOperatingSystem> GetOperatingSystemAsync(CancellationToken cancellation)
    {
        var system = await SendAsync(AgentRequests.OperatingSystem, cancellation).ConfigureAwait(false);
        var host = await SendAsync(AgentRequests.HostName, cancellation).ConfigureAwait(false);
        return Parse("guest-get-osinfo", system, info => new GuestOperatingSystem(
            GuestText.TryOf(info, "id"), GuestText.TryOf(info, "pretty-name"), GuestText.TryOf(info, "kernel-release"),
            GuestText.TryOf(info, "machine"), GuestText.TryOf(host, "host-name")));
    }

    /// <summary>Asks the guest for its network interfaces.</summary>
    public async Task<IReadOnlyList<GuestNetworkInterface>> GetNetworkInterfacesAsync(CancellationToken cancellation)
    {
        var answer = await SendAsync(AgentRequests.Interfaces, cancellation).ConfigureAwait(false);
        return Parse("guest-network-get-interfaces", answer, static all => (IReadOnlyList<GuestNetworkInterface>)[
            .. Items(all, MostInterfaces).Select(static one => new GuestNetworkInterface(
                GuestText.Of(one.GetProperty("name")), GuestText.TryOf(one, "hardware-address"), Addresses(one))),
        ]);
    }

    /// <summary>Runs a program and waits for its end.</summary>
    /// <exception cref="VirtException">
    /// The agent refuses or is gone; <see cref="VirtErrorCode.AgentOutcomeUnknown"/> if the program may have run or may still be running.
    /// </exception>
    public async Task<GuestCommandResult> RunAsync(GuestCommand command, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (command.Input?.Length > LargestInput)
        {
            throw new VirtException(
                VirtErrorCode.ParameterInvalid, $"The command's input has {command.Input.Length} bytes; the limit is {LargestInput}.");
        }

        var clock = Stopwatch.StartNew();
        // Not cancelled midway: a program that was started and whose number was not heard could not be killed.
        cancellation.ThrowIfCancellationRequested();
        var started = await SendAsync(AgentRequests.Exec(command), CancellationToken.None).ConfigureAwait(false);
        var process = ProcessOf(command, started);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (command.Timeout is { } timeout)
        {
            var left = timeout - clock.Elapsed;
            time.CancelAfter(left < TimeSpan.Zero ? TimeSpan.Zero : left > LongestTimeout ? LongestTimeout : left);
        }

        try
        {
            return await WaitForEndAsync(command, process, clock, timedOut: false, time.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Out of time, or nobody waits any more: the program shall not go on unseen.
            var result = await KillAsync(command, process, clock).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            return result;
        }
    }

    /// <summary>Opens a file of the guest.</summary>
    /// <returns>The agent's handle; close it.</returns>
    public async Task<long> OpenFileAsync(string path, GuestFileMode mode, CancellationToken cancellation)
    {
        var answer = await SendAsync(AgentRequests.FileOpen(path, mode), cancellation).ConfigureAwait(false);
        return Parse("guest-file-open", answer, static handle => handle.GetInt64());
    }

    /// <summary>Reads from a file where its position stands.</summary>
    /// <returns>The bytes; none at its end.</returns>
    public async Task<byte[]> ReadFileAsync(long handle, int count, CancellationToken cancellation)
    {
        var wanted = Math.Clamp(count, 1, FileChunk);
        var answer = await SendAsync(AgentRequests.FileRead(handle, wanted), cancellation).ConfigureAwait(false);
        return Parse("guest-file-read", answer, read =>
        {
            var data = read.GetProperty("buf-b64").GetBytesFromBase64();
            return data.Length <= wanted ? data : throw new FormatException("it gave more than was asked for");
        });
    }

    /// <summary>Writes to a file where its position stands, all of it.</summary>
    public async Task WriteFileAsync(long handle, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        while (!data.IsEmpty)
        {
            var part = data[..Math.Min(data.Length, FileChunk)];
            var answer = await SendAsync(AgentRequests.FileWrite(handle, part), cancellation).ConfigureAwait(false);
            var written = Parse("guest-file-write", answer, wrote =>
                wrote.GetProperty("count").GetInt32() is var count && count > 0 && count <= part.Length
                    ? count
                    : throw new FormatException("its count is out of range"));
            data = data[written..];
        }
    }

    /// <summary>Moves a file's position.</summary>
    /// <returns>The new position.</returns>
    public async Task<long> SeekFileAsync(long handle, long offset, SeekOrigin origin, CancellationToken cancellation)
    {
        var answer = await SendAsync(AgentRequests.FileSeek(handle, offset, origin), cancellation).ConfigureAwait(false);
        return Parse("guest-file-seek", answer, static moved => moved.GetProperty("position").GetInt64());
    }

    /// <summary>Closes a file.</summary>
    public Task CloseFileAsync(long handle, CancellationToken cancellation) => SendAsync(AgentRequests.FileClose(handle), cancellation);

    /// <summary>Asks the guest to shut down, halt or start again. Returns when the agent has taken the order.</summary>
    public Task ShutDownAsync(GuestPowerAction action, CancellationToken cancellation) =>
        _connection.SendWithoutAnswerAsync(AgentRequests.Shutdown(action), ShutdownPatience, cancellation);

    /// <summary>Ends the conversation.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static string[] Addresses(JsonElement network) => network.TryGetProperty("ip-addresses", out var addresses)
        ? [.. Items(addresses, MostAddresses).Select(one => $"{GuestText.Of(one.GetProperty("ip-address"))}/{one.GetProperty("prefix").GetInt32()}")]
        : [];

    private static JsonElement.ArrayEnumerator Items(JsonElement list, int most) => list.GetArrayLength() <= most
        ? list.EnumerateArray()
        : throw new FormatException($"it lists more than {most} items");

    // Everything in an answer is the guest's word: a member that is missing or of another type is the guest's fault, not ours.
    private static T Parse<T>(string command, JsonElement answer, Func<JsonElement, T> read)
    {
        try
        {
            return read(answer);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new VirtException(VirtErrorCode.AgentProtocolViolation, $"The guest agent's answer to {command} is not understood: {e.Message}", e);
        }
    }

    private static GuestCommandResult Result(long process, JsonElement status, TimeSpan duration, bool timedOut)
    {
        static int? Number(JsonElement status, string name) => status.TryGetProperty(name, out var value) ? (int)value.GetInt64() : null;
        static byte[] Bytes(JsonElement status, string name) => status.TryGetProperty(name, out var value) ? value.GetBytesFromBase64() : [];
        static bool Flag(JsonElement status, string name) => status.TryGetProperty(name, out var value) && value.GetBoolean();
        return new()
        {
            ProcessId = process,
            ExitCode = Number(status, "exitcode"),
            Signal = Number(status, "signal"),
            Output = Bytes(status, "out-data"),
            Error = Bytes(status, "err-data"),
            OutputTruncated = Flag(status, "out-truncated"),
            ErrorTruncated = Flag(status, "err-truncated"),
            TimedOut = timedOut,
            Ended = true,
            Duration = duration,
        };
    }

    private Task<JsonElement> SendAsync(AgentCommand command, CancellationToken cancellation) =>
        _connection.SendAsync(command, _answerPatience, cancellation);

    private static long ProcessOf(GuestCommand command, JsonElement started)
    {
        try
        {
            return Parse("guest-exec", started, static answer => answer.GetProperty("pid").GetInt64());
        }
        catch (VirtException e)
        {
            throw new VirtException(VirtErrorCode.AgentOutcomeUnknown, $"'{command.Path}' may or may not run in the guest: {e.Message}", e);
        }
    }

    // The protocol leaves nothing but asking: soon at first, then ever more rarely.
    private async Task<GuestCommandResult> WaitForEndAsync(
        GuestCommand command, long process, Stopwatch clock, bool timedOut, CancellationToken cancellation)
    {
        for (var pause = ShortestPoll; ; pause = pause * 2 < LongestPoll ? pause * 2 : LongestPoll)
        {
            try
            {
                // Not cancelled midway: an end that was told and not heard is lost.
                cancellation.ThrowIfCancellationRequested();
                var status = await SendAsync(AgentRequests.ExecStatus(process), CancellationToken.None).ConfigureAwait(false);
                var result = Parse("guest-exec-status", status, answer =>
                    answer.GetProperty("exited").GetBoolean() ? Result(process, answer, clock.Elapsed, timedOut) : null);
                if (result is not null)
                {
                    return result;
                }
            }
            catch (VirtException e)
            {
                throw Unknown(command, process, e);
            }

            await Task.Delay(pause, cancellation).ConfigureAwait(false);
        }
    }

    private static VirtException Unknown(GuestCommand command, long process, VirtException cause) => new(
        VirtErrorCode.AgentOutcomeUnknown,
        $"'{command.Path}' was started in the guest as process {process}; its end was not seen: {cause.Message}", cause);

    private async Task<GuestCommandResult> KillAsync(GuestCommand command, long process, Stopwatch clock)
    {
        using var patience = new CancellationTokenSource(KillPatience);
        var number = process.ToString(System.Globalization.CultureInfo.InvariantCulture);
        // Windows has paths with backslashes or drives; its agent runs there.
        foreach (var kill in new GuestCommand[]
        {
            new() { Path = "kill", Arguments = ["-9", number] },
            new() { Path = "taskkill", Arguments = ["/F", "/T", "/PID", number] },
        })
        {
            try
            {
                await SendAsync(AgentRequests.Exec(kill), patience.Token).ConfigureAwait(false);
                break;
            }
            catch (VirtException e) when (e.Code == VirtErrorCode.AgentRefused)
            {
                continue; // There is no such program: the other system.
            }
            catch (VirtException e)
            {
                throw Unknown(command, process, e);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        try
        {
            return await WaitForEndAsync(command, process, clock, timedOut: true, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return new() { ProcessId = process, TimedOut = true, Ended = false, Duration = clock.Elapsed };
        }
    }
}
