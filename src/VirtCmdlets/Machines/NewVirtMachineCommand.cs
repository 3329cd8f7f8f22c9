using System.Collections;
using System.Management.Automation;
using VirtEngine.Hosts;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>Makes a virtual machine, stopped.</summary>
/// <example><code>New-VirtMachine -Name web01 -Image debian-12-cloud -Memory 512MiB</code>Makes a machine that boots an installed image.</example>
/// <example><code>New-VirtMachine -Name test -Kernel ./vmlinuz -Initrd ./initrd.img -CommandLine 'console=ttyS0'</code>Makes a machine that boots a Linux kernel.</example>
[Cmdlet(VerbsCommon.New, "VirtMachine", SupportsShouldProcess = true, DefaultParameterSetName = FromImage)]
[OutputType(typeof(MachineInfo))]
public sealed class NewVirtMachineCommand : VirtCmdlet
{
    private const string FromImage = "Image";
    private const string FromKernel = "Kernel";

    /// <summary>The name, unique among the machines of the scope.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>The image to boot, which must be installed.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = FromImage)]
    [ArgumentCompleter(typeof(ImageNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Image { get; set; }

    /// <summary>The Linux kernel to boot: a bzImage or ELF file.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FromKernel)]
    [ValidateNotNullOrEmpty]
    public string? Kernel { get; set; }

    /// <summary>The initial RAM disk for the kernel.</summary>
    [Parameter(ParameterSetName = FromKernel)]
    [ValidateNotNullOrEmpty]
    public string? Initrd { get; set; }

    /// <summary>The kernel's command line; without it the image's own.</summary>
    [Parameter]
    public string? CommandLine { get; set; }

    /// <summary>Virtual processors, 1 to 8.</summary>
    [Parameter]
    [ValidateRange(1, 8)]
    public int Processors { get; set; } = 1;

    /// <summary>Memory of the guest: 512MiB, or a number of bytes (512MB in PowerShell).</summary>
    [Parameter]
    public ByteSize Memory { get; set; } = ByteSize.FromMiB(512);

    /// <summary>The hypervisor; without it the best that works here.</summary>
    [Parameter]
    public HypervisorKind? Hypervisor { get; set; }

    /// <summary>Labels: names with texts.</summary>
    [Parameter]
    public Hashtable? Labels { get; set; }

    /// <summary>Remarks for people.</summary>
    [Parameter]
    public string Notes { get; set; } = "";

    /// <summary>Makes the machine.</summary>
    protected override void ProcessRecord() => Try(
        () =>
        {
            var spec = new Machine
            {
                Name = Name,
                Processors = Processors,
                Memory = Memory,
                Hypervisor = Hypervisor,
                Notes = Notes,
                Labels = Arguments.Texts(Labels),
                Boot = new()
                {
                    Image = Image,
                    Kernel = Kernel is null ? null : FullPath(Kernel),
                    Initrd = Initrd is null ? null : FullPath(Initrd),
                    CommandLine = CommandLine,
                },
            };
            if (Image is not null)
            {
                VirtHost.FindImage(Image); // Better now than at the start.
            }

            if (ShouldProcess(Name, "New-VirtMachine"))
            {
                var id = VirtHost.Create(spec);
                WriteObject(Await(cancellation => VirtHost.GetMachineAsync(id, cancellation)));
            }
        },
        Name);
}
