namespace AppLayer.Resolution;

/// <summary>Files of another source, each asked for once. For work that is done before they change, by one thread.</summary>
internal sealed class RememberedFiles(IFileSource files) : IFileSource
{
    private readonly Dictionary<(string Directory, string Name), SourceFile?> _found = [];
    private readonly Dictionary<string, IReadOnlyList<string>> _names = new(StringComparer.Ordinal);

    public SourceFile? Find(string directory, string name)
    {
        if (!_found.TryGetValue((directory, name), out var found))
        {
            _found.Add((directory, name), found = files.Find(directory, name));
        }

        return found;
    }

    public IEnumerable<string> NamesIn(string directory)
    {
        if (!_names.TryGetValue(directory, out var names))
        {
            _names.Add(directory, names = [.. files.NamesIn(directory)]);
        }

        return names;
    }

    public string PlaceOnDisk(string place) => files.PlaceOnDisk(place);
}
