using VirtSpecs;

namespace AppLayer.Resolution;

/// <summary>A layer's files as they lie once their names are adjusted to what is below them, without a tree on the disk that has them so.</summary>
internal sealed class MovedFiles : IFileSource
{
    private readonly Dictionary<string, string> _origins = new(StringComparer.Ordinal);
    private readonly TreeFiles _files;

    internal MovedFiles(LayerPlatform platform, IEnumerable<SourceFile> files, LayerMoves moves)
    {
        var targets = new List<SourceFile>();

        // What stays comes first: where two become one, that one is it.
        foreach (var file in files.OrderBy(file => moves.TargetOf(file.Place) != file.Place))
        {
            var target = moves.TargetOf(file.Place);
            if (_origins.TryAdd(target, file.Place))
            {
                targets.Add(new(target, file.Entry));
            }
        }

        _files = new(platform, targets);
    }

    public SourceFile? Find(string directory, string name) => _files.Find(directory, name);

    public IEnumerable<string> NamesIn(string directory) => _files.NamesIn(directory);

    public string PlaceOnDisk(string place) => _origins.GetValueOrDefault(place, place);
}
