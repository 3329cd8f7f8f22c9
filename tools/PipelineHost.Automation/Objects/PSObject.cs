using System.Collections;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation.Internal;
using System.Runtime.CompilerServices;
using System.Text;

namespace System.Management.Automation;

/// <summary>An object with properties of its own around a .NET object, or a bag of properties alone.</summary>
public class PSObject : IFormattable, IComparable
{
    // Own members follow the .NET object from wrapper to wrapper.
    private static readonly ConditionalWeakTable<object, State> States = new();
    private State? _ownState;

    public PSObject() : this(PSCustomObject.SelfInstance) { }

    public PSObject(object obj)
    {
        ArgumentNullException.ThrowIfNull(obj);
        ImmediateBaseObject = obj;
        Properties = new PSPropertyCollection(this);
    }

    public object ImmediateBaseObject { get; }
    public object BaseObject => ImmediateBaseObject is PSObject inner ? inner.BaseObject : ImmediateBaseObject;
    public PSMemberInfoCollection<PSPropertyInfo> Properties { get; }
    public Collection<string> TypeNames => Ensure().TypeNames ??= [.. DefaultTypeNames(BaseObject)];

    /// <summary>The text of a number as it was written in a command's arguments.</summary>
    internal string? TokenText { get; init; }
    internal IEnumerable<PSPropertyInfo> OwnProperties => Peek()?.Own ?? [];

    public static PSObject AsPSObject(object obj)
    {
        ArgumentNullException.ThrowIfNull(obj);
        return obj as PSObject ?? new PSObject(obj);
    }

    public virtual PSObject Copy()
    {
        var copy = BaseObject is PSCustomObject
            ? new PSObject()
            : new PSObject(BaseObject is ICloneable c and not string ? c.Clone() : BaseObject);
        if (ReferenceEquals(copy.BaseObject, BaseObject) && BaseObject is not PSCustomObject) return copy;
        foreach (PSPropertyInfo property in OwnProperties) copy.Properties.Add((PSPropertyInfo)property.Copy());
        copy.TypeNames.Clear();
        foreach (string name in TypeNames) copy.TypeNames.Add(name);
        return copy;
    }

    public int CompareTo(object? obj) => ReferenceEquals(this, obj) ? 0 : LanguagePrimitives.Compare(BaseObject, obj);

    public override bool Equals(object? obj) =>
        ReferenceEquals(this, obj) || (BaseObject is not PSCustomObject && LanguagePrimitives.Equals(BaseObject, Base(obj)));

    public override int GetHashCode() => BaseObject is PSCustomObject ? RuntimeHelpers.GetHashCode(this) : BaseObject.GetHashCode();

    public override string ToString() => ToStringInvariant(this);

    public string ToString(string? format, IFormatProvider? formatProvider) =>
        BaseObject is IFormattable formattable ? formattable.ToString(format, formatProvider) : ToString();

    /// <summary>What is in the wrapper; the wrapper itself where it is all there is.</summary>
    internal static object? Base(object? value)
    {
        if (ReferenceEquals(value, AutomationNull.Value)) return null;
        return value is PSObject { BaseObject: not PSCustomObject } shell ? shell.BaseObject : value;
    }

    /// <summary>The text of a value as PowerShell puts it into a string.</summary>
    internal static string ToStringInvariant(object? value, int depth = 0)
    {
        if (value is PSObject { TokenText: { } token }) return token;
        switch (Base(value))
        {
            case null: return "";
            case string text: return text;
            case PSObject bag:
                if (depth > 4) return "";
                var shown = new StringBuilder();
                foreach (PSPropertyInfo property in bag.Properties)
                    shown.Append(shown.Length == 0 ? "@{" : "; ").Append(property.Name).Append('=')
                        .Append(Inner(property.Value, depth + 1));
                return shown.Length == 0 ? "" : shown.Append('}').ToString();
            case Type type: return type.ToString();
            case IDictionary map: return map.ToString() ?? "";
            case float or double or decimal or DateTime: return Convert.ToString(Base(value), CultureInfo.InvariantCulture) ?? "";
            case Array or IList: return string.Join(' ', ((IEnumerable)Base(value)!).Cast<object?>().Select(i => Inner(i, depth + 1)));
            case IFormattable formattable: return formattable.ToString(null, CultureInfo.InvariantCulture);
            case { } other: return other.ToString() ?? "";
        }

        static string Inner(object? item, int depth) => Base(item) is IList list && depth > 1
            ? list.ToString() ?? ""
            : ToStringInvariant(item, depth);
    }

    internal PSPropertyInfo? FindOwn(string name) =>
        Peek()?.Own?.Find(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase));

    internal void AddOwn(PSPropertyInfo member)
    {
        member.IsInstance = true;
        (Ensure().Own ??= []).Add(member);
    }

    internal void RemoveOwn(string name) => Peek()?.Own?.RemoveAll(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase));

    private bool Shared => BaseObject is not (PSCustomObject or string or ValueType);

    private State? Peek() => _ownState ?? (Shared && States.TryGetValue(BaseObject, out State? state) ? state : null);

    private State Ensure() => _ownState ??= Shared ? States.GetOrCreateValue(BaseObject) : new State();

    private static IEnumerable<string> DefaultTypeNames(object value)
    {
        for (Type? type = value.GetType(); type is not null; type = type.BaseType) yield return type.ToString();
    }

    private sealed class State
    {
        public List<PSPropertyInfo>? Own { get; set; }
        public Collection<string>? TypeNames { get; set; }
    }
}
