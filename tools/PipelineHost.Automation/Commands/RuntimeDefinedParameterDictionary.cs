namespace System.Management.Automation;

public class RuntimeDefinedParameterDictionary : Dictionary<string, RuntimeDefinedParameter>
{
    public RuntimeDefinedParameterDictionary() : base(StringComparer.OrdinalIgnoreCase) { }

    public object? Data { get; set; }
}
