namespace System.Management.Automation;

public class CmdletInfo : CommandInfo
{
    public CmdletInfo(string name, Type implementingType) : base(name, CommandTypes.Cmdlet)
    {
        ArgumentNullException.ThrowIfNull(implementingType);
        ImplementingType = implementingType;
        (Verb, Noun) = name.Split('-', 2) is [var verb, var noun] ? (verb, noun) : (name, "");
    }

    public Type ImplementingType { get; }
    public string Verb { get; }
    public string Noun { get; }
}
