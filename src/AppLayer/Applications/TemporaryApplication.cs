using System.Text;
using AppLayer.Activation;
using AppLayer.Registry;
using AppLayer.Registry.Hive;
using VirtFoundation;
using VirtFoundation.Store;
using VirtSpecs;

namespace AppLayer.Applications;

/// <summary>
/// A virtual application without a name that begins with an empty writable layer and lives as long as this object: what an installer is
/// captured in. When the process that made it ends, everything in it is killed; the next command removes its files.
/// </summary>
public sealed class TemporaryApplication : IAsyncDisposable
{
    private const string Prefix = ".temporary-";

    // From the end of a worker's last process to its own.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ApplicationDirectory _directory;
    private readonly FileLock _owner;
    private readonly ApplicationConnection _connection;
    private int _program;
    private bool _isHungUp;

    private TemporaryApplication(ApplicationDirectory directory, FileLock owner, ApplicationConnection connection)
    {
        _directory = directory;
        _owner = owner;
        _connection = connection;
    }

    /// <summary>Full path of the directory with the files that its programs changed, in tree layout. Whole after <see cref="EndAsync"/>.</summary>
    public string TreeDirectory => _directory.Writable.Tree;

    /// <summary>Makes one, and its view.</summary>
    /// <param name="root">Where it and its layers are.</param>
    /// <param name="stack">What it is made over.</param>
    /// <param name="progress">Told what takes long.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="VirtException">It cannot be made.</exception>
    public static async Task<TemporaryApplication> OpenAsync(
        VirtRoot root, TemporaryStack stack, IProgress<ActivationStage>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(stack);
        if (stack.Platform == LayerPlatform.Windows)
        {
            await BasePrefix.ProvideAsync(root, WineInstallation.Find(), progress, cancellation).ConfigureAwait(false);
        }

        progress?.Report(ActivationStage.Starting);
        return await OpenAsync(root, stack, cancellation).ConfigureAwait(false);
    }

    /// <summary>Runs a program in it, and waits for its end. Whoever cancels kills everything in it.</summary>
    /// <returns>What the program ended with.</returns>
    /// <exception cref="VirtException">The program is not there, or the worker was lost.</exception>
    public async Task<int> RunAsync(ProgramStart program, CancellationToken cancellation)
    {
        try
        {
            _program = (await _connection.StartAsync(program, cancellation).ConfigureAwait(false)).Number;
            return await _connection.WaitAsync(_program, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await HangUpAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What the last program that was run wrote to a stream, as far as it is kept, as text.</summary>
    /// <param name="isError">Whether to its standard error stream.</param>
    public string ReadAll(bool isError)
    {
        using var text = new MemoryStream();
        var buffer = new byte[64 << 10];
        long offset = 0;
        int read;
        while ((read = ProgramOutput.Read(_directory.OutputPath(_program, isError), ref offset, buffer)) > 0)
        {
            text.Write(buffer, 0, read);
            offset += read;
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length).Trim();
    }

    /// <summary>Waits until the last process in it has ended, and keeps what was changed.</summary>
    /// <exception cref="VirtException">It could not be kept, or the worker was lost.</exception>
    public async Task EndAsync(CancellationToken cancellation)
    {
        await _connection.EndAsync(cancellation).ConfigureAwait(false);
        if (_directory.TryReadRun() is { Outcome: ApplicationState.Failed } run)
        {
            throw new VirtException(VirtErrorCode.ApplicationFailed, run.Reason ?? "The application failed and gave no reason.");
        }
    }

    /// <summary>The registry entries that its programs changed, after <see cref="EndAsync"/>.</summary>
    /// <returns>Null if there are none.</returns>
    public RegistryKey? ReadRegistry() =>
        File.Exists(_directory.Writable.RegistryPath) ? HiveFile.Read(File.ReadAllBytes(_directory.Writable.RegistryPath)) : null;

    /// <summary>Kills what runs in it, and removes it with everything that was changed.</summary>
    public async ValueTask DisposeAsync()
    {
        await HangUpAsync().ConfigureAwait(false);
        await Task.Run(() => FileLock.Take(_directory.LockPath, Patience).Dispose()).ConfigureAwait(false);
        _owner.Dispose();
        TreeRemoval.TryRemove(_directory.Path);
    }

    private async ValueTask HangUpAsync()
    {
        if (!_isHungUp)
        {
            _isHungUp = true;
            await _connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    internal static async Task<TemporaryApplication> OpenAsync(VirtRoot root, TemporaryStack stack, CancellationToken cancellation)
    {
        var id = Guid.NewGuid();
        var directory = new ApplicationDirectory(Path.Combine(root.ApplicationsDirectory, $"{Prefix}{id:N}"));
        FileLock owner;
        using (new ApplicationStore(root).Hold())
        {
            Sweep(root);
            RestrictedFiles.CreateDirectory(directory.Path);
            owner = FileLock.TryTake(directory.OwnerLockPath)!; // Nobody else knows of it.
        }

        ApplicationConnection? connection = null;
        try
        {
            directory.WriteTemporary(new()
            {
                Id = id,
                Platform = stack.Platform,
                Layers = stack.Layers,
                Rules = stack.Rules,
                Prefix = stack.Prefix,
            });
            await ApplicationStarter.ForThisSystem().StartAsync(root, id, directory, cancellation).ConfigureAwait(false);
            connection = await ApplicationConnection.OpenAsync(root.SocketPath(id), id, cancellation).ConfigureAwait(false);
            await connection.TetherAsync(cancellation).ConfigureAwait(false);
            return new(directory, owner, connection);
        }
        catch
        {
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            owner.Dispose();
            using (new ApplicationStore(root).Hold())
            {
                Sweep(root);
            }

            throw;
        }
    }

    /// <summary>Removes those whose maker and worker are gone. The caller holds the applications.</summary>
    internal static void Sweep(VirtRoot root)
    {
        foreach (var path in root.FindDirectories(root.ApplicationsDirectory))
        {
            if (Path.GetFileName(path).StartsWith(Prefix, StringComparison.Ordinal))
            {
                TrySweep(root, new(path));
            }
        }
    }

    private static void TrySweep(VirtRoot root, ApplicationDirectory directory)
    {
        using var owner = FileLock.TryTake(directory.OwnerLockPath);
        using var worker = owner is null ? null : FileLock.TryTake(directory.LockPath);
        if (worker is not null)
        {
            if (Guid.TryParseExact(Path.GetFileName(directory.Path)[Prefix.Length..], "N", out var id))
            {
                Leftover.Remove(Path.Combine(root.SocketDirectory, VirtRoot.SocketName(id)));
            }

            TreeRemoval.TryRemove(directory.Path);
        }
    }
}
