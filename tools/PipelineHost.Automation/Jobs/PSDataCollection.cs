using System.Collections;
using System.Collections.ObjectModel;

namespace System.Management.Automation;

/// <summary>A stream of a job: one thread writes, another takes.</summary>
public class PSDataCollection<T> : IEnumerable<T>
{
    private readonly List<T> items = [];

    public int Count
    {
        get { lock (items) return items.Count; }
    }

    public void Add(T item)
    {
        lock (items) items.Add(item);
    }

    /// <summary>Takes everything out.</summary>
    public Collection<T> ReadAll()
    {
        lock (items)
        {
            var all = new Collection<T>([.. items]);
            items.Clear();
            return all;
        }
    }

    public IEnumerator<T> GetEnumerator()
    {
        lock (items) return items.ToList().GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
