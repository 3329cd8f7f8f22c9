namespace VirtSpecs;

/// <summary>Makes documents of specs, whatever their format.</summary>
internal static class SpecWriter
{
    /// <summary>The document of a spec: its header, then what is required or differs from its default.</summary>
    /// <exception cref="SpecException">The spec breaks the limits or rules of its kind.</exception>
    public static SpecMapping Write(Spec spec)
    {
        var report = SpecRules.Check(spec, includeUnsupported: false);
        if (report.Count > 0)
        {
            throw new SpecException(report.Errors);
        }

        return new(
        [
            (Text("apiVersion"), Text(Spec.ApiVersion)),
            (Text("kind"), Text(spec.Kind)),
            .. RecordType.Of(spec.GetType()).WriteMembers(spec),
        ]);
    }

    private static SpecScalar Text(string text) => new(text, ScalarKind.Text);
}
