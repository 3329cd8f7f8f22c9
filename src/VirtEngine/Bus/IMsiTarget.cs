namespace VirtEngine.Bus;

/// <summary>Where message-signalled interrupts go: the partition's local APICs.</summary>
public interface IMsiTarget
{
    /// <summary>Delivers one message (Intel SDM vol. 3, "Message Signalled Interrupts": address 0xFEExxxxx).</summary>
    void SendMsi(ulong address, uint data);
}
