namespace VirtSpecs;

/// <summary>The forms of text in specs; <see cref="TextType"/> has their rules.</summary>
internal enum TextForm
{
    /// <summary>One line, possibly empty.</summary>
    Line,

    /// <summary>Lines, possibly none.</summary>
    Lines,

    /// <summary>A name: letters, digits, <c>-</c>, <c>.</c> and <c>_</c>.</summary>
    Name,

    /// <summary>A path of the host, relative to the spec's file or absolute.</summary>
    Path,

    /// <summary>An IP address with the length of its network's prefix.</summary>
    InterfaceAddress,
}
