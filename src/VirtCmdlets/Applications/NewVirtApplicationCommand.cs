using System.Collections;
using System.Management.Automation;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>Makes a virtual application: layers over the system, and a program in them. It runs once Start-VirtApplication starts it.</summary>
/// <example><code>New-VirtApplication node-22 -Layer node@22.23.3 -Command '{ProgramFiles}\nodejs\node.exe'</code>Makes an application of one layer.</example>
[Cmdlet(VerbsCommon.New, "VirtApplication", SupportsShouldProcess = true)]
[OutputType(typeof(ApplicationInfo))]
public sealed class NewVirtApplicationCommand : VirtCmdlet
{
    /// <summary>The name, unique among the applications of the scope.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>The layers that it sees, by name or name@version; the first wins.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(LayerNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Layer { get; set; } = [];

    /// <summary>The program: a path below a known root such as {ProgramFiles}\nodejs\node.exe, an absolute path, or a bare name.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    [ValidateNotNullOrEmpty]
    public string Command { get; set; } = "";

    /// <summary>The program's arguments, before those that a start adds.</summary>
    [Parameter]
    [AllowEmptyCollection]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>The directory that the program runs in; without it the program's own.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? WorkingDirectory { get; set; }

    /// <summary>Environment variables to set: names with texts.</summary>
    [Parameter]
    public Hashtable? Environment { get; set; }

    /// <summary>What becomes of what it writes: Keep until a reset, ResetOnExit, or Memory, which never reaches a disk.</summary>
    [Parameter]
    public WritablePolicy Writable { get; set; } = WritablePolicy.Keep;

    /// <summary>How it meets places of the system: places with Isolate, PassThrough, Data or Hide.</summary>
    [Parameter]
    public Hashtable? Rule { get; set; }

    /// <summary>Labels: names with texts.</summary>
    [Parameter]
    public Hashtable? Labels { get; set; }

    /// <summary>Remarks for people.</summary>
    [Parameter]
    public string Notes { get; set; } = "";

    /// <summary>Makes the application.</summary>
    protected override void ProcessRecord() => Try(
        () =>
        {
            var spec = new Application
            {
                Name = Name,
                Layers = [.. Layer.Select(Arguments.Layer)],
                Command = Command,
                Arguments = [.. ArgumentList],
                WorkingDirectory = WorkingDirectory,
                Environment = Arguments.Texts(Environment),
                Writable = Writable,
                Rules = [.. Arguments.Pairs(Rule).Select(rule => new IsolationRule { Path = rule.Key, Mode = Arguments.Parse<IsolationMode>(rule.Value) })],
                Labels = Arguments.Texts(Labels),
                Notes = Notes,
            };
            if (ShouldProcess(Name, "New-VirtApplication"))
            {
                var id = Applications.Create(spec);
                WriteObject(Await(cancellation => Applications.GetAsync(id, cancellation)));
            }
        },
        Name);
}
