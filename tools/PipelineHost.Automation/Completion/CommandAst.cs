namespace System.Management.Automation.Language;

/// <summary>Named in completers' signatures; this host completes nothing and makes none.</summary>
public class CommandAst
{
    internal CommandAst() { }
}
