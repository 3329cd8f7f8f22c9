using System.Runtime.Versioning;
using System.Threading.Channels;
using AppLayer.Activation;
using AppLayer.Applications;
using AppLayer.Applications.Control;
using VirtFoundation;
using VirtFoundation.Control;

namespace VirtWorker.Applications;

/// <summary>What a client can ask of a running application.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ApplicationSession(ApplicationRun run, ApplicationDirectory directory) : IControlSession
{
    private bool _isTether;

    public async Task<ControlReply> HandleAsync(ControlRequest request, Func<ControlReply, ValueTask> send, CancellationToken cancellation)
    {
        switch (request)
        {
            case StatusRequest:
                return new ApplicationStatusReply(run.State, run.Programs);
            case StartProgramRequest start:
                return new ProgramStartedReply(await run.StartAsync(start.Program, cancellation).ConfigureAwait(false));
            case WaitProgramRequest wait:
                return new ProgramEndedReply(await run.WaitAsync(wait.Number, cancellation).ConfigureAwait(false));
            case ReadProgramRequest read:
                await ReadAsync(read, send, cancellation).ConfigureAwait(false);
                return new DoneReply();
            case StopApplicationRequest stop:
                var timeout = TimeSpan.FromMilliseconds(Math.Clamp(stop.TimeoutMilliseconds, 0, int.MaxValue));
                await run.StopAsync(timeout, stop.ThenKill, cancellation).ConfigureAwait(false);
                return new DoneReply();
            case TetherRequest:
                _isTether = true;
                run.Tether();
                return new DoneReply();
            case EndRequest:
                run.Release();
                await run.Finished.WaitAsync(cancellation).ConfigureAwait(false);
                return new DoneReply();
            case ReadEventsRequest events:
                await EventStream.SendAsync(directory.Events, events, run.Finished, send, cancellation).ConfigureAwait(false);
                return new DoneReply();
            default:
                throw new VirtException(VirtErrorCode.ProtocolViolation, $"The worker does not know {request.GetType().Name}.");
        }
    }

    public ValueTask DisposeAsync()
    {
        if (_isTether && !run.Finished.IsCompleted)
        {
            run.Abandon();
        }

        return ValueTask.CompletedTask;
    }

    private async Task ReadAsync(ReadProgramRequest request, Func<ControlReply, ValueTask> send, CancellationToken cancellation)
    {
        var end = run.WaitAsync(request.Number, cancellation);
        var path = directory.OutputPath(request.Number, request.IsError);
        var grown = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var watcher = request.Follow ? ProgramOutput.Watch(directory.Path, grown.Writer) : null;
        _ = end.ContinueWith(_ => grown.Writer.TryComplete(), TaskScheduler.Default);
        var buffer = new byte[64 << 10];
        var offset = Math.Max(0, request.Offset);
        bool more;
        do
        {
            // Before the last look: what was written until then is in the file.
            more = request.Follow && !end.IsCompleted;
            int read;
            while ((read = ProgramOutput.Read(path, ref offset, buffer)) > 0)
            {
                await send(new ProgramOutputReply(offset, buffer[..read])).ConfigureAwait(false);
                offset += read;
            }

            if (more && await grown.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false))
            {
                grown.Reader.TryRead(out _);
            }
        }
        while (more);
    }
}
