using System.Collections.ObjectModel;

namespace System.Management.Automation;

/// <summary>Paths of the only provider here, the file system.</summary>
public sealed class PathIntrinsics
{
    internal PathIntrinsics() { }

    public PathInfo CurrentLocation => new(Directory.GetCurrentDirectory());
    public PathInfo CurrentFileSystemLocation => CurrentLocation;

    public PathInfo CurrentProviderLocation(string providerName) =>
        string.Equals(providerName, ProviderInfo.FileSystem.Name, StringComparison.OrdinalIgnoreCase)
            ? CurrentLocation
            : throw new PSNotSupportedException($"not supported by PipelineHost: provider {providerName}");

    public string Combine(string parent, string child) => Path.Combine(parent, child);

    public string ParseParent(string path, string root) => Path.GetDirectoryName(path) ?? "";

    public string ParseChildName(string path) => Path.GetFileName(path);

    public string GetUnresolvedProviderPathFromPSPath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        int provider = path.IndexOf("::", StringComparison.Ordinal);
        if (provider > 0)
        {
            if (!path[..provider].EndsWith(ProviderInfo.FileSystem.Name, StringComparison.OrdinalIgnoreCase))
                throw new PSNotSupportedException($"not supported by PipelineHost: provider {path[..provider]}");
            path = path[(provider + 2)..];
        }
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal) || path.StartsWith("~\\", StringComparison.Ordinal))
            path = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..];
        return Path.GetFullPath(path);
    }

    public Collection<string> GetResolvedProviderPathFromPSPath(string path, out ProviderInfo provider)
    {
        provider = ProviderInfo.FileSystem;
        string full = GetUnresolvedProviderPathFromPSPath(path);
        if (!WildcardPattern.ContainsWildcardCharacters(path))
            return Path.Exists(full) ? [full] :
                throw new ItemNotFoundException(path, $"Cannot find path '{full}' because it does not exist.");

        string root = Path.GetPathRoot(full)!;
        IEnumerable<string> found = [root];
        foreach (string part in full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var pattern = new WildcardPattern(part, OperatingSystem.IsWindows() ? WildcardOptions.IgnoreCase : WildcardOptions.None);
            found = WildcardPattern.ContainsWildcardCharacters(part)
                ? found.Where(Directory.Exists).SelectMany(Directory.EnumerateFileSystemEntries)
                    .Where(e => pattern.IsMatch(Path.GetFileName(e)))
                : found.Select(d => Path.Combine(d, part)).Where(Path.Exists);
        }
        return [.. found.Order(StringComparer.OrdinalIgnoreCase)];
    }
}
