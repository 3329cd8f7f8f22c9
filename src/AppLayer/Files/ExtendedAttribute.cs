namespace AppLayer.Files;

/// <summary>An extended attribute (xattr(7)) that belongs to the file's content, not to overlayfs or to the system's security.</summary>
/// <param name="Name">Its full name, such as <c>user.comment</c>.</param>
/// <param name="Value">Its bytes.</param>
public sealed record ExtendedAttribute(string Name, ReadOnlyMemory<byte> Value);
