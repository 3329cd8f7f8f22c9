namespace VirtEngine.Hypervisors.Software;

/// <summary>
/// A cached translation of one 4 KiB page. A tag is the page's linear address where that access goes straight to RAM, and
/// <see cref="None"/> otherwise.
/// </summary>
internal unsafe struct TlbEntry
{
    /// <summary>No page: never equal to a page's address.</summary>
    internal const ulong None = 1;

    internal ulong ReadTag;
    internal ulong WriteTag;
    internal ulong FetchTag;

    /// <summary>Host address minus linear address.</summary>
    internal nint Addend;
}
