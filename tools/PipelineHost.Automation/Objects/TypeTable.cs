using System.Collections.Concurrent;

namespace System.Management.Automation;

/// <summary>Members that types.ps1xml files give to types, by type name.</summary>
internal static class TypeTable
{
    private static readonly ConcurrentDictionary<string, ConcurrentDictionary<string, PSPropertyInfo>> Members =
        new(StringComparer.OrdinalIgnoreCase);
    private static readonly ConcurrentDictionary<string, string[]> DefaultDisplay = new(StringComparer.OrdinalIgnoreCase);

    // The one member of PowerShell's own types file that scripts can't do without.
    static TypeTable() => Add(typeof(Array).FullName!, new PSAliasProperty("Count", "Length"));

    public static void Add(string typeName, PSPropertyInfo member) =>
        Members.GetOrAdd(typeName, _ => new(StringComparer.OrdinalIgnoreCase))[member.Name] = member;

    public static void SetDefaultDisplay(string typeName, string[] properties) => DefaultDisplay[typeName] = properties;

    public static string[]? DefaultDisplayOf(PSObject owner) =>
        DefaultDisplay.IsEmpty ? null : owner.TypeNames.Select(n => DefaultDisplay.GetValueOrDefault(n)).FirstOrDefault(p => p is not null);

    public static PSPropertyInfo? Find(PSObject owner, string name)
    {
        if (Members.IsEmpty) return null;
        foreach (string type in owner.TypeNames)
            if (Members.TryGetValue(type, out var members) && members.TryGetValue(name, out PSPropertyInfo? member))
                return Bind(member, owner);
        return null;
    }

    public static IEnumerable<PSPropertyInfo> All(PSObject owner) => Members.IsEmpty
        ? []
        : owner.TypeNames.SelectMany(t => Members.TryGetValue(t, out var members) ? members.Values : []).Select(m => Bind(m, owner));

    private static PSPropertyInfo Bind(PSPropertyInfo member, PSObject owner) => member is PSAliasProperty alias
        ? alias.For(owner)
        : member;
}
