namespace System.Management.Automation;

public sealed class PSVariableIntrinsics
{
    private readonly Dictionary<string, object?> variables;

    internal PSVariableIntrinsics(Dictionary<string, object?> variables) => this.variables = variables;

    public object? GetValue(string name) => variables.GetValueOrDefault(name);

    public object? GetValue(string name, object? defaultValue) => variables.TryGetValue(name, out object? value) ? value : defaultValue;

    public void Set(string name, object? value) => variables[name] = value;

    public void Remove(string name) => variables.Remove(name);
}
