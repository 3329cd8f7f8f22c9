namespace System.Management.Automation;

/// <summary>What ThrowTerminatingError throws through the cmdlet's code: as in PowerShell, code that catches errors lets it pass.</summary>
internal sealed class TerminatingErrorException(ErrorRecord record) : PipelineStoppedException(record.ToString(), record.Exception)
{
    public override ErrorRecord ErrorRecord => record;
}
