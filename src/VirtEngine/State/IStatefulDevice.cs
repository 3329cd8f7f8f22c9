namespace VirtEngine.State;

/// <summary>A device that gives out and takes back its state as one named, versioned unit.</summary>
public interface IStatefulDevice
{
    /// <summary>Name of the unit, unique in the machine: <c>uart.com1</c>.</summary>
    string StateName { get; }

    /// <summary>Version of the unit's layout; older versions are still read.</summary>
    int StateVersion { get; }

    /// <summary>Writes the state. The machine is paused.</summary>
    void SaveState(BinaryWriter writer);

    /// <summary>Reads what <see cref="SaveState"/> of this or an older version wrote. The machine is paused.</summary>
    /// <exception cref="InvalidDataException">A field has a value that the device cannot be in.</exception>
    void LoadState(BinaryReader reader, int version);
}
