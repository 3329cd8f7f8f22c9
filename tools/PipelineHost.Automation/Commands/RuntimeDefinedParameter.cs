using System.Collections.ObjectModel;

namespace System.Management.Automation;

public class RuntimeDefinedParameter
{
    public RuntimeDefinedParameter() { }

    public RuntimeDefinedParameter(string name, Type parameterType, Collection<Attribute> attributes)
    {
        Name = name;
        ParameterType = parameterType;
        Attributes = attributes;
    }

    public string Name { get; set; } = "";
    public Type ParameterType { get; set; } = typeof(object);
    public Collection<Attribute> Attributes { get; } = [];
    public bool IsSet { get; set; }

    public object? Value
    {
        get;
        set
        {
            field = value;
            IsSet = true;
        }
    }
}
