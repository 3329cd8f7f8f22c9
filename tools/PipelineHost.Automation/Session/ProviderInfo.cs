namespace System.Management.Automation;

public class ProviderInfo
{
    internal ProviderInfo(string name) => Name = name;

    public string Name { get; }

    internal static ProviderInfo FileSystem { get; } = new("FileSystem");

    public override string ToString() => Name;
}
