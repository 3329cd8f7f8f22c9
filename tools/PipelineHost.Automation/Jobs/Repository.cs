namespace System.Management.Automation;

public abstract class Repository<T> where T : class
{
    private readonly List<T> items = [];

    private protected Repository() { }

    public void Add(T item)
    {
        ArgumentNullException.ThrowIfNull(item);
        lock (items) items.Add(item);
    }

    public List<T> GetItems()
    {
        lock (items) return [.. items];
    }
}
