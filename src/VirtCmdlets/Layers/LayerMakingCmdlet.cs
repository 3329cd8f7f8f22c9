using System.Management.Automation;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>Cmdlets that make layers of what was installed.</summary>
public abstract class LayerMakingCmdlet : LongCmdlet
{
    /// <summary>Places that are left out, beyond what the built-in rules know as noise: {Temp}/**, HKCU\Software\X\**.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Exclude { get; set; } = [];

    /// <summary>Places that are kept whatever the rules say.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Include { get; set; } = [];

    private protected LayerRules Rules => new() { Exclude = [.. Exclude], Include = [.. Include] };
}
