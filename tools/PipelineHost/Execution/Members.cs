using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;
using System.Management.Automation.Internal;
using PipelineHost.Language;

namespace PipelineHost.Execution;

/// <summary>Properties and elements as the language reads them.</summary>
internal static class Members
{
    public static object? Get(object? target, string name, Position? position = null)
    {
        if (Is("Count") && (target is null || ReferenceEquals(target, AutomationNull.Value))) return 0;
        if (target is null || ReferenceEquals(target, AutomationNull.Value)) return null;
        if (TryGet(target, name, out object? value)) return value;
        if (LanguagePrimitives.GetEnumerable(target) is { } list)
        {
            var found = new List<object?>();
            foreach (object? item in list)
                if (item is not null
                    && TryGet(item, name, out object? each)) found.AddRange(LanguagePrimitives.GetEnumerable(each)?.Cast<object?>()
                    ?? [each]);
            return found.Count switch { 0 => null, 1 => found[0], _ => found.ToArray() };
        }
        return Is("Count") || Is("Length") ? 1 : null;

        bool Is(string known) => string.Equals(name, known, StringComparison.OrdinalIgnoreCase);
    }

    public static bool TryGet(object target, string name, out object? value)
    {
        if (PSObject.Base(target) is IDictionary map && map.Contains(name))
        {
            value = map[name];
            return true;
        }
        PSPropertyInfo? property = PSObject.AsPSObject(target).Properties[name];
        value = property?.Value;
        return property is not null;
    }

    public static object? Index(object? target, object? index, Position position)
    {
        object? value = PSObject.Base(target);
        object? at = PSObject.Base(index);
        if (value is null) throw new RuntimeException("Cannot index into a null array.", null, "NullArray", ErrorCategory.InvalidOperation);
        if (value is OrderedDictionary ordered && at is int place) return Place(place, ordered.Count) is { } o and >= 0 ? ordered[o] : null;
        if (value is IDictionary map)
            return at is null ? null : at is object[] keys ? keys.Select(k => map[PSObject.Base(k)!]).ToArray() : map[at];
        if (at is object[] several) return several.Select(i => Index(target, i, position)).ToArray();
        int offset = LanguagePrimitives.TryConvertTo(index, out int number)
            ? number
            : throw new NotSupportedByHostException($"the index {PSObject.ToStringInvariant(index)}", position);
        if (value is string text) return Place(offset, text.Length) is { } c and >= 0 ? text[c] : null;
        if (value is IList list) return Place(offset, list.Count) is { } i and >= 0 ? list[i] : null;
        return offset is 0 or -1 ? target : null;
    }

    private static int Place(int offset, int count)
    {
        int place = offset < 0 ? offset + count : offset;
        return place < count && place >= 0 ? place : -1;
    }
}
