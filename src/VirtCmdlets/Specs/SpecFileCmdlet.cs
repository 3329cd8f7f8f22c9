using System.Management.Automation;
using VirtEngine;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>Cmdlets that read specs from files.</summary>
public abstract class SpecFileCmdlet : VirtCmdlet
{
    /// <summary>The files that a path means.</summary>
    internal IEnumerable<string> Files(string path)
    {
        var full = FullPath(path);
        if (!WildcardPattern.ContainsWildcardCharacters(path))
        {
            return [full];
        }

        var directory = System.IO.Path.GetDirectoryName(full)!;
        var pattern = new WildcardPattern(System.IO.Path.GetFileName(full), WildcardOptions.IgnoreCase);
        return Directory.Exists(directory)
            ? Directory.EnumerateFiles(directory).Where(file => pattern.IsMatch(System.IO.Path.GetFileName(file))).Order(StringComparer.Ordinal)
            : [];
    }

    /// <summary>The specs in a file; what is wrong with it is reported, an error for each thing.</summary>
    internal IEnumerable<Spec> Read(string file)
    {
        var format = SpecFormats.Yaml;
        IReadOnlyList<Spec> specs = [];
        Try(
            () =>
            {
                try
                {
                    specs = format.Read(file);
                }
                catch (SpecException e)
                {
                    Report(e.Errors);
                }
                catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
                {
                    throw new VirtException(VirtErrorCode.FileNotFound, $"'{file}' does not exist.", e);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    throw new VirtException(VirtErrorCode.StorageFailed, $"'{file}' cannot be read: {e.Message}", e);
                }
            },
            file);
        return specs;
    }

    /// <summary>Reports what is wrong with specs.</summary>
    internal void Report(IEnumerable<SpecError> errors)
    {
        foreach (var error in errors)
        {
            WriteError(ErrorCatalog.ToRecord(new(VirtErrorCode.SpecInvalid, error.ToString()), error));
        }
    }
}
