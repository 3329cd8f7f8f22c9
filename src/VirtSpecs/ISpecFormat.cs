namespace VirtSpecs;

/// <summary>
/// A text format of specs. An implementation that needs libraries of its own is loaded in a private context through this interface.
/// </summary>
public interface ISpecFormat
{
    /// <summary>Reads the specs of a file.</summary>
    /// <param name="path">The file's path.</param>
    /// <returns>The specs in the file's order, at least one.</returns>
    /// <exception cref="SpecException">The content isn't a valid list of specs.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    IReadOnlyList<Spec> Read(string path);

    /// <summary>Reads the specs of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The file that errors name and relative paths start from, <see langword="null"/> for none.</param>
    /// <returns>The specs in the text's order, at least one.</returns>
    /// <exception cref="SpecException">The text isn't a valid list of specs.</exception>
    IReadOnlyList<Spec> Parse(string text, string? file = null);

    /// <summary>Writes specs so that reading them gives equal ones; values that are the default are left out.</summary>
    /// <param name="specs">The specs.</param>
    /// <returns>The text.</returns>
    /// <exception cref="SpecException">A spec breaks the limits or rules of its kind.</exception>
    string Write(IEnumerable<Spec> specs);
}
