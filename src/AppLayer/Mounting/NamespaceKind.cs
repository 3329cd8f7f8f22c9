namespace AppLayer.Mounting;

/// <summary>How a process gets a mount namespace of its own.</summary>
internal enum NamespaceKind
{
    /// <summary>As root, who may have one.</summary>
    Root,

    /// <summary>As anyone else, in a user namespace of its own (user_namespaces(7)), which shows the same user and has its own capabilities.</summary>
    User,
}
