namespace VirtEngine.Tests.Whp;

/// <summary>Ends an instruction of the fake platform's processor at its first access to a device, before anything of it is done.</summary>
internal sealed class AccessTrap(bool isPort, bool isWrite, ulong address, int size) : Exception
{
    internal bool IsPort => isPort;

    internal bool IsWrite => isWrite;

    internal ulong Address => address;

    internal int Size => size;
}
