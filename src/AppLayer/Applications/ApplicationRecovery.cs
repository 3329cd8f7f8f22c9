using AppLayer.Activation;
using AppLayer.Store;
using VirtFoundation;
using VirtFoundation.Events;
using VirtFoundation.Launching;
using VirtFoundation.Store;
using VirtSpecs;

namespace AppLayer.Applications;

/// <summary>Makes up for what a worker that was killed could not do after its programs' end.</summary>
internal static class ApplicationRecovery
{
    /// <summary>Makes up for a lost worker if there was one and nobody holds the application.</summary>
    /// <returns>The run as it is recorded then.</returns>
    /// <exception cref="VirtException">What is to be done cannot be done now; the next attempt may.</exception>
    internal static ApplicationRunRecord? TryRecover(ApplicationDirectory directory, LayerStore layers)
    {
        using var held = FileLock.TryTake(directory.LockPath);
        return held is null ? directory.TryReadRun(out _) : Recover(directory, layers);
    }

    /// <summary>Makes up for a lost worker if there was one. The caller holds the application's lock.</summary>
    /// <returns>The run as it is recorded then.</returns>
    /// <exception cref="VirtException">What is to be done cannot be done now; the next attempt may.</exception>
    internal static ApplicationRunRecord? Recover(ApplicationDirectory directory, LayerStore layers)
    {
        var run = directory.TryReadRun(out var damage);
        if (damage is not null)
        {
            directory.Events.Append(EventNames.WorkerLost, damage.Message);
        }

        if (run is not { Ended: null })
        {
            if (run is not null && IsUnfinished(directory, run, layers))
            {
                Finish(directory, run, layers);
            }

            directory.Writable.Sweep();
            return run;
        }

        var lost = run with { Ended = DateTime.UtcNow, Outcome = ApplicationState.Failed, Reason = LostWorker.Describe(directory.Path, run) };
        Finish(directory, run, layers);
        directory.Events.Append(EventNames.WorkerLost, lost.Reason);
        directory.WriteRun(lost, directory.Operations);
        return lost;
    }

    /// <summary>Keeps or throws away what a run's programs wrote, as it was to be.</summary>
    internal static void Finish(ApplicationDirectory directory, ApplicationRunRecord run, LayerStore layers)
    {
        LeavingsOf(directory, run, layers)?.Keep();

        if (run.Writable == WritablePolicy.ResetOnExit)
        {
            directory.Writable.Reset();
        }

        TreeRemoval.TryRemove(directory.TemporaryFilesPath);
        directory.Writable.Sweep();
    }

    /// <summary>Whether something is to be kept or thrown away of what a run's programs wrote, or may be: it may still run.</summary>
    internal static bool IsDue(ApplicationDirectory directory, ApplicationRunRecord run, LayerStore layers) =>
        run.Ended is null || IsUnfinished(directory, run, layers);

    // A worker whose disk was full, say, has told so and ended with this undone.
    private static bool IsUnfinished(ApplicationDirectory directory, ApplicationRunRecord run, LayerStore layers) =>
        (run.Writable == WritablePolicy.ResetOnExit && Directory.Exists(directory.Writable.Tree)) || LeavingsOf(directory, run, layers) is { IsDue: true };

    private static WineLeavings? LeavingsOf(ApplicationDirectory directory, ApplicationRunRecord run, LayerStore layers) =>
        run.Writable != WritablePolicy.Memory && run.Base is { } basePrefix ? new(directory, new(layers, basePrefix), run.Layers, run.Rules) : null;
}
