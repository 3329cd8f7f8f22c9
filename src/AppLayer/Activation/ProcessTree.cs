using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using VirtFoundation;
using VirtFoundation.Interop;

namespace AppLayer.Activation;

/// <summary>
/// The processes of a view: everything in the PID namespace whose first process this one is (pid_namespaces(7)). Whoever loses its parent
/// becomes a child of this process, and all are killed when it ends, however it ends.
/// </summary>
internal sealed class ProcessTree
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, TaskCompletionSource<int>> _programs = [];
    private TaskCompletionSource _empty = Completed();
    private bool _collecting;

    /// <summary>Takes charge.</summary>
    /// <exception cref="VirtException">This is no first process of a PID namespace.</exception>
    internal ProcessTree()
    {
        if (Libc.GetPid() != 1)
        {
            throw new VirtException(VirtErrorCode.NamespaceUnavailable, "The worker of an application must be the first process of a PID namespace.");
        }
    }

    /// <summary>Ends when no process is left; ended before the first program.</summary>
    internal Task Empty
    {
        get
        {
            lock (_gate)
            {
                return _empty.Task;
            }
        }
    }

    /// <summary>Starts a program in a session of its own, with nothing to read.</summary>
    /// <param name="command">The program.</param>
    /// <param name="outputPath">The file that its standard output is appended to.</param>
    /// <param name="errorPath">The file that its standard error stream is appended to.</param>
    /// <returns>Ends when the program ends, with its exit code; 128 and the signal's number if a signal ended it.</returns>
    /// <exception cref="VirtException">The system refuses.</exception>
    internal Task<int> Start(ProgramCommand command, string outputPath, string errorPath)
    {
        lock (_gate)
        {
            var process = Spawn(command, outputPath, errorPath);
            var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            _programs[process] = ended;
            if (!_collecting)
            {
                _collecting = true;
                _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
                new Thread(Collect) { IsBackground = true, Name = "children" }.Start();
            }

            return ended.Task;
        }
    }

    /// <summary>Sends a signal to the programs that were started by <see cref="Start"/> and still run.</summary>
    internal void SignalPrograms(int signal)
    {
        lock (_gate)
        {
            foreach (var process in _programs.Keys)
            {
                _ = Libc.Kill(process, signal); // A child that nobody collected yet: its number is its own.
            }
        }
    }

    /// <summary>Sends a signal to every process.</summary>
    internal static void SignalAll(int signal) => _ = Libc.Kill(-1, signal);

    private static unsafe int Spawn(ProgramCommand command, string outputPath, string errorPath)
    {
        using var input = OpenStream("/dev/null", Libc.O_RDONLY);
        using var output = OpenStream(outputPath, Libc.O_WRONLY | Libc.O_APPEND);
        using var error = OpenStream(errorPath, Libc.O_WRONLY | Libc.O_APPEND);
        using var arguments = new SpawnList([command.Path, .. command.Arguments]);
        using var environment = new SpawnList([.. command.Environment.Select(pair => $"{pair.Key}={pair.Value}")]);
        var actions = stackalloc byte[Libc.SpawnObjectSize];
        var attributes = stackalloc byte[Libc.SpawnObjectSize];
        var signals = stackalloc byte[Libc.SignalSetSize];
        Check(Libc.SpawnActionsInit(actions), command.Path);
        Check(Libc.SpawnAttributesInit(attributes), command.Path);
        try
        {
            Check(Libc.SpawnActionsAddChdir(actions, command.WorkingDirectory), command.WorkingDirectory);
            Check(Libc.SpawnActionsAddDup2(actions, (int)input.DangerousGetHandle(), 0), command.Path);
            Check(Libc.SpawnActionsAddDup2(actions, (int)output.DangerousGetHandle(), 1), command.Path);
            Check(Libc.SpawnActionsAddDup2(actions, (int)error.DangerousGetHandle(), 2), command.Path);
            _ = Libc.EmptySignalSet(signals);
            Check(Libc.SpawnAttributesSetSignalMask(attributes, signals), command.Path);
            _ = Libc.FillSignalSet(signals);
            Check(Libc.SpawnAttributesSetDefaultSignals(attributes, signals), command.Path);
            Check(Libc.SpawnAttributesSetFlags(
                attributes, Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK | Libc.POSIX_SPAWN_SETSID), command.Path);
            Check(Libc.PosixSpawnP(out var process, command.Path, actions, attributes, arguments.Pointer, environment.Pointer), command.Path);
            return process;
        }
        finally
        {
            _ = Libc.SpawnActionsDestroy(actions);
            _ = Libc.SpawnAttributesDestroy(attributes);
        }
    }

    private static SafeFileHandle OpenStream(string path, int flags)
    {
        var descriptor = Libc.Open(path, flags | Libc.O_CLOEXEC);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw Failure(path, Marshal.GetLastPInvokeError());
    }

    private static void Check(int error, string path)
    {
        if (error != 0)
        {
            throw Failure(path, error);
        }
    }

    private static VirtException Failure(string path, int error) =>
        new(VirtErrorCode.ApplicationStartFailed, $"'{path}' could not be started: {Marshal.GetPInvokeErrorMessage(error)}");

    private void Collect()
    {
        while (true)
        {
            var process = Libc.WaitPid(-1, out var status, 0);
            var error = process < 0 ? Marshal.GetLastPInvokeError() : 0;
            lock (_gate)
            {
                if (error == Libc.ECHILD)
                {
                    _collecting = false;
                    _empty.SetResult();
                    return;
                }

                if (process > 0 && _programs.Remove(process, out var ended))
                {
                    ended.SetResult(ExitCode(status));
                }
            }
        }
    }

    // WEXITSTATUS and WTERMSIG (sys/wait.h).
    private static int ExitCode(int status) => (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }
}
