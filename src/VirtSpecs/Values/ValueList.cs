namespace VirtSpecs;

/// <summary>Makes lists of type <see cref="ValueList{T}"/>; a collection expression does the same.</summary>
public static class ValueList
{
    /// <summary>Makes a list of the given items.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="items">The items, which are copied.</param>
    /// <returns>The list.</returns>
    /// <exception cref="ArgumentNullException">An item is <see langword="null"/>.</exception>
    public static ValueList<T> Create<T>(params ReadOnlySpan<T> items) => items.IsEmpty ? ValueList<T>.Empty : new(items);
}
