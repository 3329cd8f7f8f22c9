using System.Management.Automation;

namespace PipelineHost.Binding;

/// <summary>The parameters that every cmdlet has.</summary>
internal sealed class CommonParameters
{
    [Parameter, Alias("vb")] public SwitchParameter Verbose { get; set; }
    [Parameter, Alias("db")] public SwitchParameter Debug { get; set; }
    [Parameter, Alias("ea")] public ActionPreference ErrorAction { get; set => field = Known(value); } = (ActionPreference)(-1);
    [Parameter, Alias("wa")] public ActionPreference WarningAction { get; set => field = Known(value); } = (ActionPreference)(-1);
    [Parameter, Alias("infa")] public ActionPreference InformationAction { get; set => field = Known(value); } = (ActionPreference)(-1);
    [Parameter, Alias("proga")] public ActionPreference ProgressAction { get; set => field = Known(value); } = (ActionPreference)(-1);
    [Parameter, Alias("ev"), ValidateNotNullOrEmpty] public string? ErrorVariable { get; set; }
    [Parameter, Alias("wv"), ValidateNotNullOrEmpty] public string? WarningVariable { get; set; }
    [Parameter, Alias("iv"), ValidateNotNullOrEmpty] public string? InformationVariable { get; set; }
    [Parameter, Alias("ov"), ValidateNotNullOrEmpty] public string? OutVariable { get; set; }
    [Parameter, Alias("ob"), Refused] public int OutBuffer { get; set; }
    [Parameter, Alias("pv"), Refused] public string? PipelineVariable { get; set; }

    private static ActionPreference Known(ActionPreference value) => value switch
    {
        ActionPreference.Suspend => throw new PSNotSupportedException("The action preference Suspend is only for workflows."),
        ActionPreference.Inquire or ActionPreference.Break => throw new NotSupportedByHostException($"the action preference {value}"),
        _ => value,
    };
}
