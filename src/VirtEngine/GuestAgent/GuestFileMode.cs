namespace VirtEngine.GuestAgent;

/// <summary>How a file of the guest is opened (the modes of fopen(3), binary).</summary>
public enum GuestFileMode
{
    /// <summary>To read; the file must exist (<c>rb</c>).</summary>
    Read,

    /// <summary>To write; made, or emptied (<c>wb</c>).</summary>
    Create,

    /// <summary>To write at its end; made if it is not there (<c>ab</c>).</summary>
    Append,
}
