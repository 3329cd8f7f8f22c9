using System.Management.Automation;

namespace PipelineHost.Binding;

/// <summary>The parameters of cmdlets that support ShouldProcess.</summary>
internal sealed class ShouldProcessParameters
{
    [Parameter, Alias("wi")] public SwitchParameter WhatIf { get; set; }
    [Parameter, Alias("cf")] public SwitchParameter Confirm { get; set; }
}
