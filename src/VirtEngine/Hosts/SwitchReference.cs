namespace VirtEngine.Hosts;

/// <summary>A switch as somebody names it: by its identity, or by its name.</summary>
public record SwitchReference
{
    /// <summary>Refers to a switch by identity.</summary>
    /// <param name="id">Its identity.</param>
    public SwitchReference(Guid id) => Id = id;

    /// <summary>Refers to a switch by its name, or by its identity written out.</summary>
    /// <param name="nameOrId">The name or identity.</param>
    public SwitchReference(string nameOrId)
    {
        Id = Guid.TryParse(nameOrId, out var id) ? id : Guid.Empty;
        Name = nameOrId;
    }

    /// <summary>Its identity; empty where it is referred to by name.</summary>
    public Guid Id { get; init; }

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The name, or the identity.</summary>
    public sealed override string ToString() => Name.Length > 0 ? Name : Id.ToString();
}
