namespace AppLayer.Footprint;

/// <summary>What stands at a path of a file system.</summary>
internal enum ObservedKind : byte
{
    Directory,
    File,
    SymbolicLink,
    CharacterDevice,
    BlockDevice,
    Fifo,
    Socket,
}
