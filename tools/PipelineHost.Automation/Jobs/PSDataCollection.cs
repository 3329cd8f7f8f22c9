using System.Collections;
using System.Collections.ObjectModel;

namespace System.Management.Automation;

/// <summary>A stream of a job: one thread writes, another takes.</summary>
public class PSDataCollection<T> : IEnumerable<T>
{
    private readonly List<T> _items = [];

    public int Count
    {
        get { lock (_items) return _items.Count; }
    }

    public void Add(T item)
    {
        lock (_items) _items.Add(item);
    }

    /// <summary>Takes everything out.</summary>
    public Collection<T> ReadAll()
    {
        lock (_items)
        {
            var all = new Collection<T>([.. _items]);
            _items.Clear();
            return all;
        }
    }

    public IEnumerator<T> GetEnumerator()
    {
        lock (_items) return _items.ToList().GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
