using System.Management.Automation;

namespace VirtCmdlets;

/// <summary>Commands whose work may take long, and can be done beside the prompt.</summary>
internal interface ILongCommand
{
    SwitchParameter AsJob { get; }
}
