namespace PipelineHost.Language;

/// <summary>Variables that PowerShell sets itself: those this host knows, and those it refuses.</summary>
internal static class Automatic
{
    private static readonly HashSet<string> ReadOnly = new(StringComparer.OrdinalIgnoreCase)
        { "true", "false", "Error", "HOME", "PWD", "PSScriptRoot", "PSCommandPath" };
    private static readonly HashSet<string> Refused = new(StringComparer.OrdinalIgnoreCase)
    {
        "_", "args", "ConsoleFileName", "EnabledExperimentalFeatures", "Event", "EventArgs", "EventSubscriber", "ExecutionContext",
            "foreach", "Host",
        "input", "IsCoreCLR", "IsLinux", "IsMacOS", "IsWindows", "LASTEXITCODE", "Matches", "MyInvocation", "NestedPromptLevel", "OFS",
            "PID",
        "PROFILE", "PSBoundParameters", "PSCmdlet", "PSCulture", "PSDebugContext", "PSDefaultParameterValues", "PSEdition", "PSHOME",
            "PSItem",
        "PSModuleAutoLoadingPreference", "PSNativeCommandArgumentPassing", "PSNativeCommandUseErrorActionPreference", "PSSenderInfo",
            "PSStyle",
        "PSUICulture", "PSVersionTable", "Sender", "ShellId", "StackTrace", "switch", "this",
    };

    public static bool IsReadOnly(string name) => ReadOnly.Contains(name);

    public static bool IsRefused(string name) => Refused.Contains(name);
}
