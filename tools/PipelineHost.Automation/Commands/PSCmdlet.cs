using System.Collections.ObjectModel;

namespace System.Management.Automation;

public abstract class PSCmdlet : Cmdlet
{
    public InvocationInfo MyInvocation => Invocation;
    public string ParameterSetName => ParameterSet;
    public SessionState SessionState => Session;
    public JobRepository JobRepository => Session.Jobs;

    public object? GetVariableValue(string name) => Session.PSVariable.GetValue(name);

    public object? GetVariableValue(string name, object? defaultValue) => Session.PSVariable.GetValue(name, defaultValue);

    public string GetUnresolvedProviderPathFromPSPath(string path) => Session.Path.GetUnresolvedProviderPathFromPSPath(path);

    public Collection<string> GetResolvedProviderPathFromPSPath(string path, out ProviderInfo provider) =>
        Session.Path.GetResolvedProviderPathFromPSPath(path, out provider);

    public PathInfo CurrentProviderLocation(string providerId) => Session.Path.CurrentProviderLocation(providerId);
}
