using VirtFoundation.Store;

namespace AppLayer.Store;

/// <summary>Keeps layers where they are: while it lives, in a process that lives, nobody removes them.</summary>
public sealed class LayerHold : IDisposable
{
    private readonly List<FileLock> _locks;

    internal LayerHold(IReadOnlyList<Guid> layers, List<FileLock> locks)
    {
        Layers = layers;
        _locks = locks;
    }

    /// <summary>The layers that are held.</summary>
    public IReadOnlyList<Guid> Layers { get; }

    /// <summary>Lets the layers go.</summary>
    public void Dispose()
    {
        foreach (var one in _locks)
        {
            one.Dispose();
        }

        _locks.Clear();
    }
}
