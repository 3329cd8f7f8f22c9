namespace System.Management.Automation;

public sealed class PSVariableIntrinsics
{
    private readonly Dictionary<string, object?> _variables;

    internal PSVariableIntrinsics(Dictionary<string, object?> variables) => _variables = variables;

    public object? GetValue(string name) => _variables.GetValueOrDefault(name);

    public object? GetValue(string name, object? defaultValue) => _variables.TryGetValue(name, out object? value) ? value : defaultValue;

    public void Set(string name, object? value) => _variables[name] = value;

    public void Remove(string name) => _variables.Remove(name);
}
