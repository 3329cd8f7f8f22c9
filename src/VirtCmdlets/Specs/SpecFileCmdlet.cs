using VirtFoundation;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>Cmdlets that read specs from files.</summary>
public abstract class SpecFileCmdlet : VirtCmdlet
{
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
