using System.Management.Automation;
using VirtEngine.Hosts;
using VirtFoundation;

namespace VirtCmdlets;

/// <summary>Copies files between this computer and a virtual machine, by the guest agent.</summary>
/// <example><code>Copy-VirtItem ./app.conf /etc/app.conf -ToMachine web01</code>Copies a file into the guest.</example>
/// <example><code>Copy-VirtItem /var/log/messages . -FromMachine web01</code>Copies a file out of the guest into the current directory.</example>
[Cmdlet(VerbsCommon.Copy, "VirtItem", SupportsShouldProcess = true, DefaultParameterSetName = In)]
public sealed class CopyVirtItemCommand : VirtCmdlet
{
    private const string In = "ToMachine";
    private const string Out = "FromMachine";

    /// <summary>Files to copy; wildcards are allowed for files of this computer.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [Alias("FullName")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Where to: a file, or a directory if it ends with a slash (in the guest) or is one (here).</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <summary>The machine to copy into.</summary>
    [Parameter(Mandatory = true, ParameterSetName = In)]
    [ArgumentCompleter(typeof(MachineNameCompleter))]
    public MachineReference? ToMachine { get; set; }

    /// <summary>The machine to copy out of.</summary>
    [Parameter(Mandatory = true, ParameterSetName = Out)]
    [ArgumentCompleter(typeof(MachineNameCompleter))]
    public MachineReference? FromMachine { get; set; }

    /// <summary>Replaces files of this computer that are there already. Files of a guest are always replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Copies the files.</summary>
    protected override void ProcessRecord() => ForEach(Path, path =>
    {
        var machine = Await(cancellation => VirtHost.FindAsync((ToMachine ?? FromMachine)!, cancellation));
        if (ToMachine is not null)
        {
            ForEach(Files(path), file => CopyIn(machine, file));
        }
        else
        {
            CopyOut(machine, path);
        }
    });

    private void CopyIn(MachineInfo machine, string source)
    {
        if (!File.Exists(source))
        {
            throw new VirtException(VirtErrorCode.FileNotFound, $"'{source}' does not exist.");
        }

        var target = Destination[^1] is '/' or '\\' ? Destination + System.IO.Path.GetFileName(source) : Destination;
        if (ShouldProcess($"{machine.Name}: {target}", $"Copy {source}"))
        {
            var length = new FileInfo(source).Length;
            Copy(machine, source, length, async (connection, progress, cancellation) =>
            {
                var stream = File.OpenRead(source);
                await using (stream.ConfigureAwait(false))
                {
                    await connection.CopyToGuestAsync(stream, target, progress, cancellation).ConfigureAwait(false);
                }
            });
        }
    }

    private void CopyOut(MachineInfo machine, string source)
    {
        var target = FullPath(Destination);
        if (Directory.Exists(target))
        {
            target = System.IO.Path.Combine(target, source[(source.LastIndexOfAny(['/', '\\']) + 1)..]);
        }

        if (File.Exists(target) && !Force)
        {
            throw new VirtException(VirtErrorCode.FileExists, $"'{target}' exists already.");
        }

        if (ShouldProcess(target, $"Copy {machine.Name}: {source}"))
        {
            Copy(machine, source, null, (connection, progress, cancellation) => CopyOutAsync(connection, source, target, progress, cancellation));
        }
    }

    private static async Task CopyOutAsync(
        MachineConnection connection, string source, string target, IProgress<long> progress, CancellationToken cancellation)
    {
        // Nobody finds half a file under its name.
        var part = target + ".part";
        try
        {
            var stream = File.Create(part);
            await using (stream.ConfigureAwait(false))
            {
                await connection.CopyFromGuestAsync(source, stream, progress, cancellation).ConfigureAwait(false);
            }

            File.Move(part, target, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }

    private void Copy(
        MachineInfo machine, string name, long? length, Func<MachineConnection, IProgress<long>, CancellationToken, Task> copy)
    {
        var record = new ProgressRecord(1, $"Copying {name}", machine.Name);
        Await(async (write, cancellation) =>
        {
            var progress = new CopyProgress(done => write(() =>
            {
                record.StatusDescription = $"{done >> 10} KiB";
                record.PercentComplete = length is > 0 ? (int)(done * 100 / length.Value) : -1;
                WriteProgress(record);
            }));
            try
            {
                var connection = await VirtHost.ConnectAsync(machine.Id, cancellation).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    await copy(connection, progress, cancellation).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new VirtException(VirtErrorCode.StorageFailed, e.Message, e);
            }

            return true;
        });
        record.RecordType = ProgressRecordType.Completed;
        WriteProgress(record);
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
