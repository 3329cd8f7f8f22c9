using System.Management.Automation;
using AppLayer.Capture;
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

    /// <summary>Writes what was made, and warns where nothing was left to make a layer of.</summary>
    private protected void Write(CaptureResult made)
    {
        if (made.Layer.Files == 0 && made.Removed.Count > 0)
        {
            WriteWarning(
                $"{made.Layer} has no files: {made.Removed.Sum(one => one.Count)} changes were left out by rules, which the result's Removed names. -Include keeps places whatever the rules say.");
        }

        WriteObject(made);
    }

    private protected LayerRules Rules => new() { Exclude = [.. Exclude], Include = [.. Include] };
}
