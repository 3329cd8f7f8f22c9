namespace AppLayer.Resolution;

/// <summary>Nothing, as a base has where none is.</summary>
internal sealed class NoFiles : IFileSource
{
    internal static readonly NoFiles Instance = new();

    public SourceFile? Find(string directory, string name) => null;

    public IEnumerable<string> NamesIn(string directory) => [];
}
