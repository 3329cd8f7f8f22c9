using System.Collections.Concurrent;
using System.Reflection;

namespace System.Management.Automation;

/// <summary>Public instance properties and fields of .NET objects, found once per type.</summary>
internal static class DotNetMembers
{
    private static readonly ConcurrentDictionary<Type, MemberInfo[]> Known = new();

    public static PSProperty? Find(object value, string name)
    {
        if (value is PSCustomObject) return null;
        MemberInfo[] members = Of(value.GetType());
        MemberInfo? found = Array.Find(members, m => m.Name == name)
            ?? Array.Find(members, m => string.Equals(m.Name, name, StringComparison.OrdinalIgnoreCase));
        return found is null ? null : new PSProperty(found, value);
    }

    public static IEnumerable<PSPropertyInfo> All(object value) =>
        value is PSCustomObject ? [] : Of(value.GetType()).Select(m => new PSProperty(m, value));

    private static MemberInfo[] Of(Type type) => Known.GetOrAdd(type, static t =>
    [
        .. t.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanRead && p.GetIndexParameters().Length == 0)
            .GroupBy(p => p.Name).Select(g => g.First()),
        .. t.GetFields(BindingFlags.Public | BindingFlags.Instance),
    ]);
}
