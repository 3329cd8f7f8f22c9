namespace VirtSpecs;

/// <summary>Checks specs, alone and beside each other.</summary>
public static class SpecRules
{
    /// <summary>
    /// Finds what is wrong with specs: members out of their limits, rules of their kinds that aren't kept, names in use twice,
    /// layers that would be captured over themselves, and what this version can't carry out.
    /// </summary>
    /// <param name="specs">The specs, read from documents or made by a program.</param>
    /// <returns>What is wrong, nothing if the specs can be planned.</returns>
    public static IReadOnlyList<SpecError> FindErrors(IEnumerable<Spec> specs)
    {
        ArgumentNullException.ThrowIfNull(specs);
        var errors = new List<SpecError>();
        var earlier = new HashSet<SpecKey>();
        Spec[] all = [.. specs];
        foreach (var spec in all)
        {
            var report = Check(spec, includeUnsupported: true);
            CheckUnique(spec, earlier, report);
            errors.AddRange(report.Errors);
        }

        return errors.Count > 0 ? errors : new SpecOrder(all).Cycles;
    }

    /// <summary>Checks one spec alone.</summary>
    internal static SpecReport Check(Spec spec, bool includeUnsupported)
    {
        var report = SpecReport.For(spec, includeUnsupported);
        RecordType.Of(spec.GetType()).Check(spec, "", report);
        return report;
    }

    /// <summary>Checks that no earlier spec is of the same kind and name.</summary>
    internal static void CheckUnique(Spec spec, HashSet<SpecKey> earlier, SpecReport report)
    {
        if (spec.Name is not null && !earlier.Add(SpecKey.Of(spec)))
        {
            report.Add("name", $"another {spec.Kind} is named {Quoting.Quote(spec.QualifiedName)} already");
        }
    }
}
