using AppLayer.Activation;
using AppLayer.Applications;
using VirtFoundation;
using VirtFoundation.Store;
using VirtSpecs;

namespace AppLayer.Capture.Installers;

/// <summary>Runs an installer over a fresh writable layer.</summary>
/// <param name="root">The root.</param>
/// <param name="platform">Whose program it is.</param>
/// <param name="capture">The installer.</param>
internal sealed class InstallerRun(VirtRoot root, LayerPlatform platform, VirtSpecs.LayerCapture capture)
{
    private const int LongestTail = 2000;

    /// <summary>Runs it to the end of its last process.</summary>
    /// <param name="layers">The layers that it sees, the first of which wins.</param>
    /// <param name="accepted">What it may end with beside 0.</param>
    /// <param name="progress">Told what takes long.</param>
    /// <param name="cancellation">Kills it, with all that it started.</param>
    /// <returns>What it ended with, and the application that has what it changed; to be disposed of.</returns>
    /// <exception cref="VirtException">It could not be run, failed, or took too long; nothing of it is left.</exception>
    internal async Task<(InstallerExit Exit, TemporaryApplication Application)> RunAsync(
        IReadOnlyList<Guid> layers, IReadOnlyCollection<int> accepted, IProgress<ActivationStage>? progress, CancellationToken cancellation)
    {
        var application = await TemporaryApplication.OpenAsync(root, new() { Platform = platform, Layers = layers }, progress, cancellation).ConfigureAwait(false);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            if (capture.Timeout is { } timeout)
            {
                ending.CancelAfter(timeout);
            }

            var code = await application.RunAsync(Start(), ending.Token).ConfigureAwait(false);
            var exit = InstallerExit.Judge(code, platform, capture.Command, accepted);
            if (!exit.IsSuccess)
            {
                throw new VirtException(
                    VirtErrorCode.CaptureFailed,
                    $"'{capture.Command}' ended with {exit.Describe(code, platform)}.{Tail(application)}");
            }

            await application.EndAsync(ending.Token).ConfigureAwait(false);
            return (exit, application);
        }
        catch (Exception e)
        {
            var isLate = e is OperationCanceledException && !cancellation.IsCancellationRequested;
            var tail = isLate ? Tail(application) : "";
            await application.DisposeAsync().ConfigureAwait(false);
            if (isLate)
            {
                throw new VirtException(VirtErrorCode.CaptureTimeout, $"'{capture.Command}' did not end within {capture.Timeout}; it was killed.{tail}", e);
            }

            throw;
        }
    }

    private ProgramStart Start()
    {
        var environment = ProgramEnvironment.OfThisProcess();
        foreach (var (name, value) in capture.Environment)
        {
            environment[name] = value;
        }

        return new()
        {
            Command = capture.Command,
            Arguments = [.. capture.Arguments],
            WorkingDirectory = capture.WorkingDirectory,
            Environment = environment,
        };
    }

    // The end is what tells why.
    private static string Tail(TemporaryApplication application)
    {
        var said = string.Join('\n', new[] { application.ReadAll(isError: false), application.ReadAll(isError: true) }.Where(text => text.Length > 0));
        return said.Length == 0 ? "" : $" It said: {(said.Length > LongestTail ? "…" + said[^LongestTail..] : said)}";
    }
}
