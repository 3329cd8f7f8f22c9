using System.Management.Automation;

namespace PipelineHost.Tests;

/// <summary>Writes where a cmdlet may not.</summary>
[Cmdlet("Write", "ProbeElsewhere")]
public sealed class WriteProbeElsewhereCommand : PSCmdlet
{
    protected override void ProcessRecord()
    {
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                WriteObject(1);
            }
            catch (PSInvalidOperationException e)
            {
                error = e;
            }
        });
        thread.Start();
        thread.Join();
        if (error is not null) throw error;
    }
}
