using System.Management.Automation;
using VirtEngine.Images;

namespace VirtCmdlets;

/// <summary>Installs an image: a small guest made from Debian's packages, or a kernel with its initial RAM disk from files.</summary>
/// <example><code>Install-VirtImage</code>Makes a guest from the packages that this computer's apt knows (Debian's cloud kernel, busybox, guest agent).</example>
/// <example><code>Install-VirtImage -Name mine -Kernel ./vmlinuz -Initrd ./initrd.img</code>Registers a guest from files.</example>
[Cmdlet(VerbsLifecycle.Install, "VirtImage", SupportsShouldProcess = true, DefaultParameterSetName = FromPackages)]
[OutputType(typeof(ImageRecord), typeof(Job))]
public sealed class InstallVirtImageCommand : ImageCmdlet, ILongCommand
{
    private const string FromPackages = "Packages";
    private const string FromFiles = "Files";

    /// <summary>The image's name, for specs; made from Debian's version without it.</summary>
    [Parameter(Position = 0, ParameterSetName = FromPackages)]
    [Parameter(Position = 0, ParameterSetName = FromFiles, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The Linux kernel: a bzImage or ELF file.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FromFiles)]
    [ValidateNotNullOrEmpty]
    public string? Kernel { get; set; }

    /// <summary>The initial RAM disk.</summary>
    [Parameter(ParameterSetName = FromFiles)]
    [ValidateNotNullOrEmpty]
    public string? Initrd { get; set; }

    /// <summary>The command line of machines that give none.</summary>
    [Parameter(ParameterSetName = FromFiles)]
    public string CommandLine { get; set; } = "console=ttyS0";

    /// <summary>Works in a job, for Get-Job, Wait-Job, Receive-Job and Stop-Job, and returns it at once.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <summary>Installs the image.</summary>
    protected override void ProcessRecord() => Try(
        () =>
        {
            if (ShouldProcess(Name ?? "Debian's cloud kernel with busybox and guest agent", "Install-VirtImage"))
            {
                // A job's command may have left the directory that paths start from.
                var files = (Kernel: Kernel is null ? null : FullPath(Kernel), Initrd: Initrd is null ? null : FullPath(Initrd));
                NowOrInJob(files, static (cmdlet, files) => ((InstallVirtImageCommand)cmdlet).Install(files.Kernel, files.Initrd));
            }
        },
        Name);

    private void Install(string? kernel, string? initrd)
    {
        VirtHost.Root.Create();
        WriteObject(kernel is null ? Build() : Register(kernel, initrd));
    }

    private ImageRecord Register(string kernel, string? initrd)
    {
        var image = Await(cancellation => Task.FromResult(Translate(() => Store.Install(
            new() { Name = Name!, Kernel = kernel, Initrd = initrd, CommandLine = CommandLine }, cancellation))));
        if (image.Name != Name)
        {
            WriteWarning($"The same kernel, RAM disk and command line are installed already, as '{image.Name}': use that name.");
        }

        return image;
    }

    private ImageRecord Build()
    {
        var record = new ProgressRecord(1, "Making an image", "Debian packages");
        var image = Await((write, cancellation) =>
        {
            var progress = new BuildNotes(note => write(() =>
            {
                record.StatusDescription = note.Activity;
                WriteProgress(record);
            }));
            return Task.FromResult(Translate(() => new DebianImageBuilder(Store).Build(Name, progress, cancellation)));
        });
        record.RecordType = ProgressRecordType.Completed;
        WriteProgress(record);
        return image;
    }

    private sealed class BuildNotes(Action<BuildProgress> tell) : IProgress<BuildProgress>
    {
        public void Report(BuildProgress value) => tell(value);
    }
}
