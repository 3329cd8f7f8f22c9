using AppLayer.Mounting;
using VirtFoundation.Launching;

namespace AppLayer.Activation;

/// <summary>
/// Starts the worker of an application as the first process of a PID namespace, in a mount namespace of its own: its mounts and processes go
/// with it. The process that waits for it outside leaves the starter's session too, as it takes the worker with it when it ends.
/// </summary>
internal sealed class NamespaceLauncher(IWorkerLauncher launcher, NamespaceKind kind) : IWorkerLauncher
{
    public Task<string> Launch(WorkerCommand command, string logPath)
    {
        var around = NamespaceCommand.Around(command, kind, "--pid", "--fork", "--kill-child");
        return launcher.Launch(new("setsid", [around.Program, .. around.Arguments]), logPath);
    }
}
