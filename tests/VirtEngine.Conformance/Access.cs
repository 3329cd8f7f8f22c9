namespace VirtEngine.Conformance;

/// <summary>What an instruction does with an address.</summary>
public enum Access
{
    Read,
    Write,
    Fetch,
}
