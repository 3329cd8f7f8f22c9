namespace VirtEngine.Bus;

/// <summary>A device that answers a range of physical addresses. Called from any virtual processor's thread.</summary>
public interface IMmioDevice
{
    /// <summary>Answers a load.</summary>
    /// <param name="offset">Bytes from the start of the device's range.</param>
    /// <param name="size">Bytes: 1, 2, 4 or 8; the access lies whole in the range.</param>
    ulong ReadMmio(ulong offset, int size);

    /// <summary>Takes a store.</summary>
    /// <param name="offset">Bytes from the start of the device's range.</param>
    /// <param name="size">Bytes: 1, 2, 4 or 8; the access lies whole in the range.</param>
    /// <param name="value">The value, in its low bytes.</param>
    void WriteMmio(ulong offset, int size, ulong value);
}
