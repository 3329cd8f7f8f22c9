using System.Management.Automation;
using VirtEngine.Copying;
using VirtEngine.Hosts;
using VirtFoundation;

namespace VirtCmdlets;

/// <summary>Copies files and directories between this computer and a virtual machine, by the guest agent.</summary>
/// <example><code>Copy-VirtItem ./app.conf /etc/app.conf -ToMachine web01</code>Copies a file into the guest.</example>
/// <example><code>Copy-VirtItem /var/log/messages . -FromMachine web01</code>Copies a file out of the guest into the current directory.</example>
/// <example><code>Copy-VirtItem ./guest /etc/ -ToMachine web01 -Recurse</code>Copies a directory with all it holds into a directory of the guest.</example>
/// <example><code>Copy-VirtItem '/var/log/mess*' ./logs/ -FromMachine web01</code>Copies those files of the guest whose names begin with mess.</example>
[Cmdlet(VerbsCommon.Copy, "VirtItem", SupportsShouldProcess = true, DefaultParameterSetName = In)]
public sealed class CopyVirtItemCommand : VirtCmdlet
{
    private const string In = "ToMachine";
    private const string InLiterally = "ToMachineLiteralPath";
    private const string Out = "FromMachine";
    private const string OutLiterally = "FromMachineLiteralPath";

    /// <summary>Files and directories to copy; wildcards are allowed, in a guest that has a shell too.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = In, ValueFromPipeline = true)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = Out, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Files and directories to copy, by their names as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InLiterally, ValueFromPipelineByPropertyName = true)]
    [Parameter(Mandatory = true, ParameterSetName = OutLiterally, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Where to: a directory if it is one or ends with a slash, else a file, or a directory that is made with -Recurse.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <summary>The machine to copy into.</summary>
    [Parameter(Mandatory = true, ParameterSetName = In)]
    [Parameter(Mandatory = true, ParameterSetName = InLiterally)]
    [ArgumentCompleter(typeof(MachineNameCompleter))]
    public MachineReference? ToMachine { get; set; }

    /// <summary>The machine to copy out of.</summary>
    [Parameter(Mandatory = true, ParameterSetName = Out)]
    [Parameter(Mandatory = true, ParameterSetName = OutLiterally)]
    [ArgumentCompleter(typeof(MachineNameCompleter))]
    public MachineReference? FromMachine { get; set; }

    /// <summary>Copies directories with all they hold.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Replaces files of this computer that are there already. Files of a guest are always replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private bool IsLiteral => LiteralPath.Length > 0;

    /// <summary>Copies.</summary>
    protected override void ProcessRecord() => ForEach(IsLiteral ? LiteralPath : Path, path =>
    {
        var machine = Await(cancellation => VirtHost.FindAsync((ToMachine ?? FromMachine)!, cancellation));
        ForEach(ToMachine is not null ? PlanIn(machine, path) : PlanOut(machine, path), plan => Copy(machine, plan));
    });

    private IReadOnlyList<CopyPlan> PlanIn(MachineInfo machine, string path)
    {
        Func<string, IEnumerable<string>> enumerate = Recurse ? Directory.EnumerateFileSystemEntries : Directory.EnumerateFiles;
        string[] sources = [.. IsLiteral ? [FullPath(path)] : Items(path, enumerate)];
        GuestCopy.CheckSources(sources, Recurse);
        return sources.Length == 0
            ? []
            : WithCopy(machine, (copy, cancellation) => copy.PlanToGuestAsync(sources, Destination, Recurse, cancellation));
    }

    // A file by its name is asked of the agent alone: every guest can give it.
    private IReadOnlyList<CopyPlan> PlanOut(MachineInfo machine, string path)
    {
        var isPattern = !IsLiteral && WildcardPattern.ContainsWildcardCharacters(path);
        return isPattern || Recurse
            ? WithCopy(machine, (copy, cancellation) => copy.PlanFromGuestAsync(path, isPattern, FullDestination(), Recurse, cancellation))
            : [GuestCopy.PlanFileFromGuest(path, FullDestination())];
    }

    // A slash at the end says that it is a directory, and is lost where paths are made full.
    private string FullDestination()
    {
        var full = FullPath(Destination);
        return Destination[^1] is '/' or '\\' && !System.IO.Path.EndsInDirectorySeparator(full) ? full + System.IO.Path.DirectorySeparatorChar : full;
    }

    private void Copy(MachineInfo machine, CopyPlan plan)
    {
        foreach (var skipped in plan.Skipped)
        {
            WriteWarning($"{skipped} It is left out.");
        }

        var (target, action) = ToMachine is not null
            ? ($"{machine.Name}: {plan.Target}", $"Copy {plan.Source}")
            : (plan.Target, $"Copy {machine.Name}: {plan.Source}");
        if (!ShouldProcess(target, action))
        {
            return;
        }

        Prepare(machine, plan);
        foreach (var file in plan.Files)
        {
            Try(() => Copy(machine, file), file.Source);
        }
    }

    private void Copy(MachineInfo machine, FileCopy file)
    {
        if (ToMachine is not null)
        {
            Copy(machine, file, new FileInfo(file.Source).Length, CopyInAsync);
        }
        else if (File.Exists(file.Target) && !Force)
        {
            throw new VirtException(VirtErrorCode.FileExists, $"'{file.Target}' exists already.");
        }
        else
        {
            Copy(machine, file, null, CopyOutAsync);
        }
    }

    private void Prepare(MachineInfo machine, CopyPlan plan)
    {
        if (ToMachine is not null)
        {
            if (!WithCopy(machine, (copy, cancellation) => copy.PrepareGuestAsync(plan, cancellation)))
            {
                WriteWarning(
                    $"'{machine.Name}' runs no shell for its agent: new files have the permissions that the agent gives them, "
                    + "mostly for everybody to write.");
            }
        }
        else
        {
            OrStorageFailed(() =>
            {
                foreach (var directory in plan.Directories.Concat(plan.Files.Select(file => System.IO.Path.GetDirectoryName(file.Target)!)))
                {
                    Directory.CreateDirectory(File.Exists(directory)
                        ? throw new VirtException(VirtErrorCode.FileExists, $"'{directory}' is a file, where a directory is to be made.")
                        : directory);
                }
            });
        }
    }

    private static async Task CopyInAsync(
        MachineConnection connection, FileCopy file, IProgress<long> progress, CancellationToken cancellation)
    {
        var stream = File.OpenRead(file.Source);
        await using (stream.ConfigureAwait(false))
        {
            await connection.CopyToGuestAsync(stream, file.Target, progress, cancellation).ConfigureAwait(false);
        }
    }

    private static async Task CopyOutAsync(
        MachineConnection connection, FileCopy file, IProgress<long> progress, CancellationToken cancellation)
    {
        // Nobody finds half a file under its name.
        var part = file.Target + ".part";
        try
        {
            var stream = File.Create(part);
            await using (stream.ConfigureAwait(false))
            {
                await connection.CopyFromGuestAsync(file.Source, stream, progress, cancellation).ConfigureAwait(false);
            }

            File.Move(part, file.Target, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }

    private void Copy(
        MachineInfo machine, FileCopy file, long? length, Func<MachineConnection, FileCopy, IProgress<long>, CancellationToken, Task> copy)
    {
        var record = new ProgressRecord(1, $"Copying {file.Source}", machine.Name);
        try
        {
            WithConnection(machine, async (connection, write, cancellation) =>
            {
                var progress = new CopyProgress(done => write(() =>
                {
                    record.StatusDescription = $"{done >> 10} KiB";
                    record.PercentComplete = length is > 0 ? (int)Math.Min(100, done * 100 / length.Value) : -1;
                    WriteProgress(record);
                }));
                await copy(connection, file, progress, cancellation).ConfigureAwait(false);
                return true;
            });
        }
        finally
        {
            record.RecordType = ProgressRecordType.Completed;
            WriteProgress(record);
        }
    }

    private T WithCopy<T>(MachineInfo machine, Func<GuestCopy, CancellationToken, Task<T>> action) =>
        WithConnection(machine, (connection, _, cancellation) => action(new(connection), cancellation));

    private T WithConnection<T>(MachineInfo machine, Func<MachineConnection, Action<Action>, CancellationToken, Task<T>> action) =>
        Await(async (write, cancellation) =>
        {
            try
            {
                var connection = await VirtHost.ConnectAsync(machine.Id, cancellation).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    return await action(connection, write, cancellation).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new VirtException(VirtErrorCode.StorageFailed, e.Message, e);
            }
        });

    private static void OrStorageFailed(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new VirtException(VirtErrorCode.StorageFailed, e.Message, e);
        }
    }

    // Told in order and at most four times a second.
    private sealed class CopyProgress(Action<long> tell) : IProgress<long>
    {
        private long _next;

        public void Report(long value)
        {
            if (System.Environment.TickCount64 >= _next)
            {
                _next = System.Environment.TickCount64 + 250;
                tell(value);
            }
        }
    }
}
