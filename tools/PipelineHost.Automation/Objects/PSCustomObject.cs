namespace System.Management.Automation;

public class PSCustomObject
{
    internal static readonly PSCustomObject SelfInstance = new();

    private PSCustomObject() { }

    public override string ToString() => "";
}
