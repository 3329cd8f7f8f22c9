using System.Management.Automation;
using AppLayer.Capture;
using VirtFoundation;
using VirtFoundation.Store;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>
/// Makes a layer: of an installer that is run over a fresh writable layer, of a directory, of a registry file, or of Debian packages. The
/// system stays as it is. Deploy-VirtSpec makes layers as YAML describes them.
/// </summary>
/// <example><code>New-VirtLayer notes 1.0 Windows -Command ./notes-setup.exe -ArgumentList '/S'</code>Captures a silent installer.</example>
/// <example><code>New-VirtLayer node 22.23.3 Windows -Directory ./node-22 -Target '{ProgramFiles}\nodejs'</code>Makes a layer of a directory.</example>
/// <example><code>New-VirtLayer hello 2.10 Linux -Package hello</code>Makes a layer of a Debian package.</example>
[Cmdlet(VerbsCommon.New, "VirtLayer", SupportsShouldProcess = true, DefaultParameterSetName = FromContent)]
[OutputType(typeof(CaptureResult), typeof(Job))]
public sealed class NewVirtLayerCommand : LayerMakingCmdlet
{
    private const string FromContent = "Content";
    private const string FromInstaller = "Installer";

    /// <summary>The layer's name.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>The layer's version.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Version { get; set; } = "";

    /// <summary>The system whose programs it holds.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    public LayerPlatform Platform { get; set; }

    /// <summary>The installer: a program, or an .msi.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FromInstaller)]
    [ValidateNotNullOrEmpty]
    public string? Command { get; set; }

    /// <summary>The installer's arguments.</summary>
    [Parameter(ParameterSetName = FromInstaller)]
    [AllowEmptyCollection]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>Layers that the installer sees; the first wins.</summary>
    [Parameter(ParameterSetName = FromInstaller)]
    [ArgumentCompleter(typeof(LayerNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Over { get; set; } = [];

    /// <summary>How long the installer may take: seconds, or 30s, 5m. Without it, as long as it takes.</summary>
    [Parameter(ParameterSetName = FromInstaller)]
    [DurationTransformation]
    public TimeSpan? Timeout { get; set; }

    /// <summary>What the installer may end with beside 0; for Windows also beside 3010 and 1641. Wine passes on only the last 8 bits of an exit code; they are what is compared.</summary>
    [Parameter(ParameterSetName = FromInstaller)]
    [AllowEmptyCollection]
    public int[] SuccessExitCode { get; set; } = [];

    /// <summary>A directory whose content is put at the target.</summary>
    [Parameter(ParameterSetName = FromContent)]
    [ValidateNotNullOrEmpty]
    public string? Directory { get; set; }

    /// <summary>Where the directory's content is put; without it {Root} on Linux, {SystemDrive} on Windows.</summary>
    [Parameter(ParameterSetName = FromContent)]
    [ValidateNotNullOrEmpty]
    public string? Target { get; set; }

    /// <summary>A registry file (.reg).</summary>
    [Parameter(ParameterSetName = FromContent)]
    [ValidateNotNullOrEmpty]
    public string? RegistryFile { get; set; }

    /// <summary>Debian packages, by name or file.</summary>
    [Parameter(ParameterSetName = FromContent)]
    [ValidateNotNullOrEmpty]
    public string[] Package { get; set; } = [];

    /// <summary>Remarks for people.</summary>
    [Parameter]
    public string Notes { get; set; } = "";

    /// <summary>Makes the layer.</summary>
    protected override void ProcessRecord() => Try(
        () =>
        {
            var spec = Describe();
            if (!ShouldProcess(spec.QualifiedName, "New-VirtLayer"))
            {
                return;
            }

            var options = new LayerMakeOptions { Description = Notes, SpecText = SpecJson.Write(spec), SuccessExitCodes = SuccessExitCode };
            NowOrInJob(spec, (cmdlet, spec) => ((NewVirtLayerCommand)cmdlet).Write(cmdlet.WithProgress(
                $"Making {spec.QualifiedName}", ProgressWords.Capture,
                (progress, cancellation) => new LayerMaker(cmdlet.Applications.Root).MakeAsync(spec, options, progress, cancellation))));
        },
        $"{Name}@{Version}");

    private Layer Describe()
    {
        if (ParameterSetName == FromContent && Directory is null && RegistryFile is null && Package.Length == 0)
        {
            throw new VirtException(
                VirtErrorCode.ParameterInvalid, "A layer is made of something: give it a -Directory, a -RegistryFile, a -Package, or an installer's -Command.");
        }

        var spec = (Layer)new Layer
        {
            Name = Name,
            Version = Version,
            Platform = Platform,
            Notes = Notes,
            Rules = Rules,
            From = new()
            {
                Capture = Command is null ? null : new() { Command = HostFile(Command), Arguments = [.. ArgumentList], Timeout = Timeout },
                Layers = [.. Over.Select(Arguments.Layer)],
                Directory = Directory is null ? null : FullPath(Directory),
                Target = Target,
                RegistryFile = RegistryFile is null ? null : FullPath(RegistryFile),
                Packages = [.. Package.Select(HostFile)],
            },
        }.WithFullPaths();
        return spec.Checked();
    }

    // A file of this computer by its full path; else a name that is looked up where it is used, or a program of the view.
    private string HostFile(string named)
    {
        var isInView = named.StartsWith('{') || named is [_, ':', ..];
        return !isInView && File.Exists(FullPath(named)) ? FullPath(named)
            : isInView || named.AsSpan().IndexOfAny('/', '\\') < 0 ? named
            : throw new VirtException(VirtErrorCode.FileNotFound, $"There is no file '{FullPath(named)}'.");
    }
}
