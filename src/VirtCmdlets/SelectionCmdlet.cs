using System.Management.Automation;

namespace VirtCmdlets;

/// <summary>Cmdlets that work on things which exist: by name with wildcards, by identity, or from the pipeline.</summary>
/// <typeparam name="T">What they are.</typeparam>
public abstract class SelectionCmdlet<T> : VirtCmdlet
{
    /// <summary>The parameter set that chooses by name.</summary>
    protected const string ByName = "Name";

    /// <summary>The parameter set that chooses by identity.</summary>
    protected const string ById = "Id";

    /// <summary>Identities, as the objects of the matching Get command have them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ById, ValueFromPipelineByPropertyName = true)]
    public Guid[] Id { get; set; } = [];

    private protected abstract Kind<T> Kind { get; }

    /// <summary>Those that were chosen; those that are not there are reported.</summary>
    /// <param name="names">The names, if the cmdlet was given names.</param>
    internal IEnumerable<T> Choose(IEnumerable<string> names) => (ParameterSetName switch
    {
        ById => Id.SelectMany(id => Find(Kind, id)),
        ByName => names.SelectMany(name => Find(Kind, name)),
        _ => Given(),
    }).DistinctBy(Kind.IdOf);

    /// <summary>Those that were given in another way than by name or identity.</summary>
    private protected virtual IEnumerable<T> Given() => [];
}
