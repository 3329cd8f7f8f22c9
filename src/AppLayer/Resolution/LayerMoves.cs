namespace AppLayer.Resolution;

/// <summary>Where files of a layer come to lie so that they meet those of the same name below.</summary>
internal sealed class LayerMoves
{
    private readonly SortedDictionary<string, string> _moves = new(StringComparer.Ordinal);

    /// <summary>Whether all stays where it is.</summary>
    internal bool IsEmpty => _moves.Count == 0;

    /// <summary>The moves, as text that tells them apart from others.</summary>
    internal string Text => string.Join('\n', _moves.Select(move => $"{move.Key}\0{move.Value}"));

    /// <summary>Notes that a file or directory, and so all that is in it, lies elsewhere.</summary>
    internal void Add(string place, string target) => _moves.Add(place, target);

    /// <summary>Where a place of the layer lies.</summary>
    internal string TargetOf(string place)
    {
        for (var at = place; at.Length > 0; at = Place.Parent(at))
        {
            if (_moves.TryGetValue(at, out var target))
            {
                return target + place[at.Length..];
            }
        }

        return place;
    }
}
