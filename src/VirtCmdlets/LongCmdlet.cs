using System.Management.Automation;

namespace VirtCmdlets;

/// <summary>Cmdlets whose work may take long, and can be done in a job.</summary>
public abstract class LongCmdlet : VirtCmdlet, ILongCommand
{
    /// <summary>Works in a job, for Get-Job, Wait-Job, Receive-Job and Stop-Job, and returns it at once. Questions are asked before.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }
}
