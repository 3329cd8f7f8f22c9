namespace System.Management.Automation;

/// <summary>The properties of one object: its own, those its types were given, those of the .NET object in it.</summary>
internal sealed class PSPropertyCollection(PSObject owner) : PSMemberInfoCollection<PSPropertyInfo>
{
    public override PSPropertyInfo? this[string name]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(name);
            if (owner.FindOwn(name) is { } own) return own;
            if (TypeTable.Find(owner, name) is { } extended) return extended;
            return DotNetMembers.Find(owner.BaseObject, name);
        }
    }

    public override void Add(PSPropertyInfo member) => Add(member, false);

    public override void Add(PSPropertyInfo member, bool preValidated)
    {
        ArgumentNullException.ThrowIfNull(member);
        if (owner.FindOwn(member.Name) is not null)
            throw new InvalidOperationException($"Cannot add a member with the name \"{member.Name}\" because a member with that "
                + $"name already exists.");
        owner.AddOwn(member is PSAliasProperty alias ? alias.For(owner) : member);
    }

    public override void Remove(string name) => owner.RemoveOwn(name);

    public override IEnumerator<PSPropertyInfo> GetEnumerator()
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (PSPropertyInfo property in owner.OwnProperties.Concat(TypeTable.All(owner)).Concat(DotNetMembers.All(owner.BaseObject)))
            if (seen.Add(property.Name)) yield return property;
    }
}
