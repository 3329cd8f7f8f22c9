using System.Management.Automation;

namespace VirtCmdlets;

/// <summary>Gets what programs of virtual applications wrote in the current or last run, line by line.</summary>
/// <example><code>Receive-VirtApplication node-22</code>Shows what the application's first program wrote.</example>
/// <example><code>Receive-VirtApplication node-22 -ErrorStream -Wait</code>Shows what it writes to its standard error stream, until it ends.</example>
[Cmdlet(VerbsCommunications.Receive, "VirtApplication", DefaultParameterSetName = ByName)]
[OutputType(typeof(string))]
public sealed class ReceiveVirtApplicationCommand : ApplicationCmdlet
{
    /// <summary>The program's number in the run, from 1; the first one without it.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Program { get; set; } = 1;

    /// <summary>What it wrote to its standard error stream, rather than to its standard output.</summary>
    [Parameter]
    public SwitchParameter ErrorStream { get; set; }

    /// <summary>Goes on as the program writes, until it ends.</summary>
    [Parameter]
    [Alias("Follow")]
    public SwitchParameter Wait { get; set; }

    /// <summary>Writes the lines.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), application => Await(async (write, cancellation) =>
    {
        var lines = new ConsoleLines();
        await foreach (var part in Applications.ReadOutputAsync(application.Id, Program, ErrorStream, 0, Wait, cancellation).ConfigureAwait(false))
        {
            lines.Add(part.Data.Span).ForEach(line => write(() => WriteObject(line)));
        }

        lines.End().ForEach(line => write(() => WriteObject(line)));
        return true;
    }));
}
