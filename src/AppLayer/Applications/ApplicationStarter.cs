using AppLayer.Activation;
using AppLayer.Mounting;
using VirtFoundation;
using VirtFoundation.Interop;
using VirtFoundation.Launching;
using VirtFoundation.Store;

namespace AppLayer.Applications;

/// <summary>Starts the workers of applications.</summary>
internal sealed class ApplicationStarter(IWorkerLauncher launcher, Func<WorkerCommand> locate)
{
    /// <summary>The word for applications on a worker's command line.</summary>
    internal const string Role = "application";

    internal static ApplicationStarter ForThisSystem() => new(WorkerLauncher.ForThisSystem(), WorkerLocator.Find);

    /// <summary>Starts a worker, and returns when it answers at its socket.</summary>
    /// <exception cref="VirtException">It could not be started, or the application runs already.</exception>
    internal async Task StartAsync(VirtRoot root, Guid id, ApplicationDirectory directory, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new VirtException(VirtErrorCode.NamespaceUnavailable, "Isolated applications run on Linux; on Windows this version cannot start them.");
        }

        var kind = Libc.Geteuid() == 0 ? NamespaceKind.Root : NamespaceKind.User;
        var starter = new WorkerStarter(new NamespaceLauncher(launcher, kind), locate);
        try
        {
            await starter.StartAsync(
                root, new(Role, id, directory.Path, directory.WorkerLogPath, VirtErrorCode.ApplicationStartFailed), cancellation).ConfigureAwait(false);
        }
        catch (VirtException e) when (e.Code == VirtErrorCode.ApplicationStartFailed)
        {
            // Whether namespaces can be had is asked only if one could not: it takes as long as starting something in one.
            NamespaceSupport.Probe().Require();
            throw;
        }
    }
}
