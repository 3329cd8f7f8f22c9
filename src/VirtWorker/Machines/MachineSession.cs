using System.Diagnostics;
using VirtEngine.Balloons;
using VirtEngine.Control;
using VirtEngine.GuestAgent;
using VirtFoundation;
using VirtFoundation.Control;
using VirtFoundation.Events;

namespace VirtWorker.Machines;

/// <summary>What a client can ask of a running machine.</summary>
internal sealed class MachineSession(MachineRun machine, EventLog events) : IControlSession
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    private readonly HashSet<long> _files = [];

    public async Task<ControlReply> HandleAsync(
        ControlRequest request, Func<ControlReply, ValueTask> send, CancellationToken cancellation)
    {
        switch (request)
        {
            case StatusRequest:
                return new StatusReply(
                    machine.State, machine.Reason, machine.Hypervisor, machine.AgentVersion is not null, machine.AgentVersion,
                    machine.Console.Length, Resident(), BalloonControl.BytesOf(machine.Balloon?.TargetPages ?? 0),
                    BalloonControl.BytesOf(machine.Balloon?.ActualPages ?? 0));
            case MeasureRequest:
                return new MeasureReply(machine.Measure() with { Resident = Resident() });
            case SetBalloonRequest balloon:
                machine.SetBalloon(balloon.Bytes);
                return new DoneReply();

            case StopRequest stop:
                await machine.StopAsync(stop, cancellation).ConfigureAwait(false);
                return new DoneReply();
            case PauseRequest:
                machine.Pause();
                return new DoneReply();
            case ResumeRequest:
                machine.Resume();
                return new DoneReply();
            case ReadConsoleRequest read:
                await ReadConsoleAsync(read, send, cancellation).ConfigureAwait(false);
                return new DoneReply();
            case WriteConsoleRequest write:
                await machine.TypeAsync(write.Data, cancellation).ConfigureAwait(false);
                return new DoneReply();
            case ReadEventsRequest read:
                await EventStream.SendAsync(events, read, machine.Finished, send, cancellation).ConfigureAwait(false);
                return new DoneReply();
            case AgentPingRequest ping:
                var patience = TimeSpan.FromMilliseconds(Math.Clamp(ping.TimeoutMilliseconds, 1, int.MaxValue));
                await machine.Agent.PingAsync(patience, cancellation).ConfigureAwait(false);
                return new DoneReply();
            case AgentInfoRequest:
                return new AgentInfoReply(await machine.Agent.GetInfoAsync(cancellation).ConfigureAwait(false));
            case AgentSystemRequest:
                return new AgentSystemReply(await machine.Agent.GetOperatingSystemAsync(cancellation).ConfigureAwait(false));
            case AgentNetworkRequest:
                return new AgentNetworkReply(await machine.Agent.GetNetworkInterfacesAsync(cancellation).ConfigureAwait(false));
            case AgentRunRequest run:
                return await RunAsync(run.Command, send, cancellation).ConfigureAwait(false);
            case AgentPowerRequest power:
                await machine.Agent.ShutDownAsync(power.Action, cancellation).ConfigureAwait(false);
                return new DoneReply();
            case OpenFileRequest open:
                return new NumberReply(await OpenAsync(open, cancellation).ConfigureAwait(false));
            case ReadFileRequest read:
                return new DataReply(await machine.Agent.ReadFileAsync(read.Handle, read.Count, cancellation).ConfigureAwait(false));
            case WriteFileRequest write:
                await machine.Agent.WriteFileAsync(write.Handle, write.Data, cancellation).ConfigureAwait(false);
                return new DoneReply();
            case SeekFileRequest seek:
                return new NumberReply(
                    await machine.Agent.SeekFileAsync(seek.Handle, seek.Offset, seek.Origin, cancellation).ConfigureAwait(false));
            case CloseFileRequest close:
                lock (_files)
                {
                    _files.Remove(close.Handle);
                }

                await machine.Agent.CloseFileAsync(close.Handle, cancellation).ConfigureAwait(false);
                return new DoneReply();
            default:
                throw new VirtException(VirtErrorCode.ProtocolViolation, $"The worker does not know {request.GetType().Name}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(ClosePatience);
        foreach (var handle in _files)
        {
            try
            {
                await machine.Agent.CloseFileAsync(handle, patience.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is VirtException or OperationCanceledException)
            {
                return; // The agent is gone and the files with it.
            }
        }
    }

    private static long Resident()
    {
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private async Task<long> OpenAsync(OpenFileRequest open, CancellationToken cancellation)
    {
        var handle = await machine.Agent.OpenFileAsync(open.Path, open.Mode, cancellation).ConfigureAwait(false);
        lock (_files)
        {
            _files.Add(handle);
        }

        return handle;
    }

    private async Task ReadConsoleAsync(ReadConsoleRequest request, Func<ControlReply, ValueTask> send, CancellationToken cancellation)
    {
        var buffer = new byte[32 << 10];
        var offset = Math.Max(0, request.Offset);
        do
        {
            int read;
            while ((read = machine.Console.Read(ref offset, buffer)) > 0)
            {
                await send(new ConsoleReply(offset, buffer[..read])).ConfigureAwait(false);
                offset += read;
            }
        }
        while (request.Follow && await machine.Console.WaitAsync(offset, cancellation).ConfigureAwait(false));

        if (request.Follow)
        {
            // The client asks next what became of the machine.
            await machine.Finished.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private async Task<ControlReply> RunAsync(GuestCommand command, Func<ControlReply, ValueTask> send, CancellationToken cancellation)
    {
        GuestCommandResult result;
        try
        {
            result = await machine.Agent.RunAsync(command, cancellation).ConfigureAwait(false);
        }
        catch (VirtException e)
        {
            machine.Tell(EventNames.CommandRun, $"{command.Path}: {e.Code}");
            throw;
        }
        catch (OperationCanceledException)
        {
            machine.Tell(EventNames.CommandRun, $"{command.Path}: its caller went away");
            throw;
        }

        machine.Tell(EventNames.CommandRun, $"{command.Path}: {(result.TimedOut ? "timed out" : $"exit code {result.ExitCode}")}");
        await SendAsync(result.Output, isError: false).ConfigureAwait(false);
        await SendAsync(result.Error, isError: true).ConfigureAwait(false);
        return new AgentRunReply(result with { Output = [], Error = [] });

        async Task SendAsync(byte[] data, bool isError)
        {
            for (var sent = 0; sent < data.Length; sent += ControlProtocol.LargestPart)
            {
                var part = data[sent..Math.Min(data.Length, sent + ControlProtocol.LargestPart)];
                await send(new OutputReply(isError, part)).ConfigureAwait(false);
            }
        }
    }
}
