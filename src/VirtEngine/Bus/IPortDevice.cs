namespace VirtEngine.Bus;

/// <summary>A device that answers I/O ports. Called from any virtual processor's thread.</summary>
public interface IPortDevice
{
    /// <summary>Answers IN.</summary>
    /// <param name="port">The port's full number.</param>
    /// <param name="size">Bytes: 1, 2 or 4.</param>
    uint ReadPort(ushort port, int size);

    /// <summary>Takes OUT.</summary>
    /// <param name="port">The port's full number.</param>
    /// <param name="size">Bytes: 1, 2 or 4.</param>
    /// <param name="value">The value, in its low bytes.</param>
    void WritePort(ushort port, int size, uint value);
}
