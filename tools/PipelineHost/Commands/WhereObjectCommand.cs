using System.Management.Automation;
using System.Text.RegularExpressions;
using PipelineHost;
using PipelineHost.Binding;
using PipelineHost.Execution;

namespace Microsoft.PowerShell.Commands;

/// <summary>Where-Object in its simplified form: a property, an operator, a value.</summary>
[Cmdlet("Where", "Object"), Alias("where", "?")]
internal sealed class WhereObjectCommand : PSCmdlet
{
    private delegate bool Test(object? left, object? right, bool ignoreCase);

    private static readonly Dictionary<string, Test> Tests = new(StringComparer.OrdinalIgnoreCase)
    {
        ["EQ"] = (l, r, i) => Each(l, v => LanguagePrimitives.Equals(v, r, i)),
        ["NE"] = (l, r, i) => Each(l, v => !LanguagePrimitives.Equals(v, r, i)),
        ["GT"] = (l, r, i) => Each(l, v => LanguagePrimitives.Compare(v, r, i) > 0),
        ["GE"] = (l, r, i) => Each(l, v => LanguagePrimitives.Compare(v, r, i) >= 0),
        ["LT"] = (l, r, i) => Each(l, v => LanguagePrimitives.Compare(v, r, i) < 0),
        ["LE"] = (l, r, i) => Each(l, v => LanguagePrimitives.Compare(v, r, i) <= 0),
        ["Like"] = (l, r, i) => Each(l, v => IsLike(v, r, i)),
        ["NotLike"] = (l, r, i) => Each(l, v => !IsLike(v, r, i)),
        ["Match"] = (l, r, i) => Each(l, v => IsMatch(v, r, i)),
        ["NotMatch"] = (l, r, i) => Each(l, v => !IsMatch(v, r, i)),
        ["Contains"] = (l, r, i) => Holds(l, r, i),
        ["NotContains"] = (l, r, i) => !Holds(l, r, i),
        ["In"] = (l, r, i) => Holds(r, l, i),
        ["NotIn"] = (l, r, i) => !Holds(r, l, i),
    };

    private Test? _test;
    private bool _ignoreCase;

    [Parameter(ValueFromPipeline = true), AllowNull] public PSObject? InputObject { get; set; }
    [Parameter(Mandatory = true, Position = 0)] public string Property { get; set; } = "";
    [Parameter(Position = 1)] public object? Value { get; set; }
    [Parameter, Alias("IEQ")] public SwitchParameter EQ { get; set; }
    [Parameter, Alias("INE")] public SwitchParameter NE { get; set; }
    [Parameter, Alias("IGT")] public SwitchParameter GT { get; set; }
    [Parameter, Alias("IGE")] public SwitchParameter GE { get; set; }
    [Parameter, Alias("ILT")] public SwitchParameter LT { get; set; }
    [Parameter, Alias("ILE")] public SwitchParameter LE { get; set; }
    [Parameter, Alias("ILike")] public SwitchParameter Like { get; set; }
    [Parameter, Alias("INotLike")] public SwitchParameter NotLike { get; set; }
    [Parameter, Alias("IMatch")] public SwitchParameter Match { get; set; }
    [Parameter, Alias("INotMatch")] public SwitchParameter NotMatch { get; set; }
    [Parameter, Alias("IContains")] public SwitchParameter Contains { get; set; }
    [Parameter, Alias("INotContains")] public SwitchParameter NotContains { get; set; }
    [Parameter, Alias("IIn")] public SwitchParameter In { get; set; }
    [Parameter, Alias("INotIn")] public SwitchParameter NotIn { get; set; }
    [Parameter] public SwitchParameter CEQ { get; set; }
    [Parameter] public SwitchParameter CNE { get; set; }
    [Parameter] public SwitchParameter CGT { get; set; }
    [Parameter] public SwitchParameter CGE { get; set; }
    [Parameter] public SwitchParameter CLT { get; set; }
    [Parameter] public SwitchParameter CLE { get; set; }
    [Parameter] public SwitchParameter CLike { get; set; }
    [Parameter] public SwitchParameter CNotLike { get; set; }
    [Parameter] public SwitchParameter CMatch { get; set; }
    [Parameter] public SwitchParameter CNotMatch { get; set; }
    [Parameter] public SwitchParameter CContains { get; set; }
    [Parameter] public SwitchParameter CNotContains { get; set; }
    [Parameter] public SwitchParameter CIn { get; set; }
    [Parameter] public SwitchParameter CNotIn { get; set; }
    [Parameter] public SwitchParameter Not { get; set; }
    [Parameter, Refused] public object? FilterScript { get; set; }
    [Parameter, Refused] public SwitchParameter Is { get; set; }
    [Parameter, Refused] public SwitchParameter IsNot { get; set; }

    protected override void BeginProcessing()
    {
        if (WildcardPattern.ContainsWildcardCharacters(Property))
            throw new NotSupportedByHostException("Where-Object with a wildcard for the property");
        List<string> operators = [.. MyInvocation.BoundParameters.Keys.Where(k => Tests.ContainsKey(k) || IsCased(k))];
        bool given = MyInvocation.BoundParameters.ContainsKey(nameof(Value));
        if (operators.Count + (Not ? 1 : 0) > 1) throw new NotSupportedByHostException("Where-Object with several operators");
        if (given != (operators.Count == 1))
            throw new NotSupportedByHostException(given
            ? "Where-Object with a value but no operator"
            : "Where-Object with an operator but no value");
        if (operators is not [var name]) return;
        _ignoreCase = !IsCased(name);
        _test = Tests[_ignoreCase ? name : name[1..]];
    }

    protected override void ProcessRecord()
    {
        object? value = Members.Get(InputObject, Property);
        if (_test is null ? LanguagePrimitives.IsTrue(value) != Not : _test(value, Value, _ignoreCase)) WriteObject(InputObject);
    }

    private static bool IsCased(string name) => name[0] is 'C' or 'c' && Tests.ContainsKey(name[1..]);

    /// <summary>A list on the left gives those of its elements that pass; the truth of that list counts.</summary>
    private static bool Each(object? left, Func<object?, bool> passes) => LanguagePrimitives.GetEnumerable(left) is { } list
        ? LanguagePrimitives.IsTrue(list.Cast<object?>().Where(passes).ToArray())
        : passes(left);

    private static bool Holds(object? list, object? value, bool ignoreCase) => LanguagePrimitives.GetEnumerable(list) is { } items
        ? items.Cast<object?>().Any(i => LanguagePrimitives.Equals(i, value, ignoreCase))
        : LanguagePrimitives.Equals(list, value, ignoreCase);

    private static bool IsLike(object? value, object? pattern, bool ignoreCase) =>
        new WildcardPattern(PSObject.ToStringInvariant(pattern), ignoreCase ? WildcardOptions.IgnoreCase : WildcardOptions.None)
            .IsMatch(PSObject.ToStringInvariant(value));

    private static bool IsMatch(object? value, object? pattern, bool ignoreCase) => Regex.IsMatch(PSObject.ToStringInvariant(value),
        PSObject.ToStringInvariant(pattern), ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None, TimeSpan.FromSeconds(10));
}
