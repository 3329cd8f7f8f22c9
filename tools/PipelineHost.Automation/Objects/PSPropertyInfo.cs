namespace System.Management.Automation;

public abstract class PSPropertyInfo : PSMemberInfo
{
    internal PSPropertyInfo() { }

    public abstract bool IsGettable { get; }
    public abstract bool IsSettable { get; }
}
