using System.Collections;
using System.Collections.Concurrent;
using System.Net;
using System.Numerics;
using System.Text.RegularExpressions;
using System.Xml;

namespace System.Management.Automation;

/// <summary>Types by the names that PowerShell gives them, by full name, or by full name without System.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<string, Type> Short = new(StringComparer.OrdinalIgnoreCase)
    {
        ["array"] = typeof(Array), ["bigint"] = typeof(BigInteger), ["bool"] = typeof(bool), ["byte"] = typeof(byte), ["char"]
        = typeof(char),
        ["datetime"] = typeof(DateTime), ["decimal"] = typeof(decimal), ["double"] = typeof(double), ["float"] = typeof(float),
        ["guid"] = typeof(Guid), ["hashtable"] = typeof(Hashtable), ["int"] = typeof(int), ["int16"] = typeof(short), ["int32"]
        = typeof(int),
        ["int64"] = typeof(long), ["ipaddress"] = typeof(IPAddress), ["long"] = typeof(long), ["object"] = typeof(object),
        ["pscredential"] = typeof(PSCredential), ["psobject"] = typeof(PSObject), ["pscustomobject"] = typeof(PSObject), ["regex"]
        = typeof(Regex),
        ["sbyte"] = typeof(sbyte), ["short"] = typeof(short), ["single"] = typeof(float), ["string"] = typeof(string),
        ["switch"] = typeof(SwitchParameter), ["timespan"] = typeof(TimeSpan), ["type"] = typeof(Type), ["uint"] = typeof(uint),
        ["uint16"] = typeof(ushort), ["uint32"] = typeof(uint), ["uint64"] = typeof(ulong), ["ulong"] = typeof(ulong), ["uri"]
        = typeof(Uri),
        ["ushort"] = typeof(ushort), ["version"] = typeof(Version), ["void"] = typeof(void), ["xml"] = typeof(XmlDocument),
    };
    private static readonly ConcurrentDictionary<string, Type> Found = new(StringComparer.OrdinalIgnoreCase);

    public static Type? Find(string name)
    {
        if (Short.TryGetValue(name, out Type? known) || Found.TryGetValue(name, out known)) return known;
        foreach (string candidate in (string[])[name, "System." + name])
            foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
                if (assembly.GetType(candidate, false, true) is { } type) return Found[name] = type;
        return null;
    }
}
