namespace System.Management.Automation;

public class PSAliasProperty : PSPropertyInfo
{
    private readonly PSObject? _target;

    public PSAliasProperty(string name, string referencedMemberName)
    {
        SetMemberName(name);
        ReferencedMemberName = referencedMemberName;
    }

    internal PSAliasProperty(string name, string referencedMemberName, PSObject target)
        : this(name, referencedMemberName) => _target = target;

    public string ReferencedMemberName { get; }
    private PSPropertyInfo? Referenced => _target?.Properties[ReferencedMemberName];
    public override object? Value
    {
        get => Referenced?.Value;
        set => (Referenced ?? throw new InvalidOperationException($"There is no property {ReferencedMemberName}.")).Value = value;
    }
    public override bool IsGettable => Referenced?.IsGettable ?? false;
    public override bool IsSettable => Referenced?.IsSettable ?? false;
    public override PSMemberTypes MemberType => PSMemberTypes.AliasProperty;
    public override string TypeNameOfValue => Referenced?.TypeNameOfValue ?? typeof(object).FullName!;

    public override PSMemberInfo Copy() => new PSAliasProperty(Name, ReferencedMemberName);

    internal PSAliasProperty For(PSObject owner) => new(Name, ReferencedMemberName, owner);
}
