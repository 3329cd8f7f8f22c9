namespace VirtEngine.Vsock;

/// <summary>Packets without content that a connection still has to send; each at most once.</summary>
[Flags]
internal enum VsockNotes
{
    None = 0,
    Request = 1,
    Response = 2,
    CreditUpdate = 4,
    Shutdown = 8,
}
