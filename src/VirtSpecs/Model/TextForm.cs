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

    /// <summary>The hardware address of one network adapter: six pairs of hexadecimal digits.</summary>
    HardwareAddress,

    /// <summary>The name of a network interface of the host.</summary>
    InterfaceName,

    /// <summary>A layer's version, <see cref="LayerVersion"/>.</summary>
    Version,

    /// <summary>The name of an environment variable.</summary>
    VariableName,

    /// <summary>A program of the host: a file as <see cref="Path"/>, a <see cref="RootedPath"/>, or a bare name to be looked up.</summary>
    Program,

    /// <summary>A directory for a program of the host: as <see cref="Path"/>, or a <see cref="RootedPath"/>.</summary>
    ProgramDirectory,

    /// <summary>A Debian package: its name, or its file as <see cref="Path"/>.</summary>
    Package,

    /// <summary>A path that starts with a known root: <c>{ProgramFiles}\nodejs</c>.</summary>
    RootedPath,

    /// <summary>A path that an application sees: a <see cref="RootedPath"/>, or an absolute one.</summary>
    ViewPath,

    /// <summary>A program that an application sees: a <see cref="ViewPath"/>, or a bare name to be looked up.</summary>
    ViewProgram,

    /// <summary>A <see cref="RootedPath"/>, or a registry key.</summary>
    Place,

    /// <summary>A <see cref="Place"/> with <c>*</c>, <c>?</c> within segments and <c>**</c> for any number of them.</summary>
    PlacePattern,
}
