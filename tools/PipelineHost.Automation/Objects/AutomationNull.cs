namespace System.Management.Automation.Internal;

/// <summary>What a pipeline without output gives: no object, not even null.</summary>
public static class AutomationNull
{
    public static PSObject Value { get; } = new();
}
