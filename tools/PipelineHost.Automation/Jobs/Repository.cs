namespace System.Management.Automation;

public abstract class Repository<T> where T : class
{
    private readonly List<T> _items = [];

    private protected Repository() { }

    public void Add(T item)
    {
        ArgumentNullException.ThrowIfNull(item);
        lock (_items) _items.Add(item);
    }

    public List<T> GetItems()
    {
        lock (_items) return [.. _items];
    }
}
