namespace VirtEngine.Hypervisors.Whp;

/// <summary>A bit of CPUID, and what of the platform stands for it.</summary>
/// <param name="Leaf">The leaf.</param>
/// <param name="Register">EBX, ECX or EDX.</param>
/// <param name="Bit">The bit's number.</param>
/// <param name="IsOffered">Whether a host's platform lets guests use it.</param>
/// <param name="MayLack">Guests do without it, or find another way: it is left out where it is missing.</param>
internal sealed record WhpFeature(uint Leaf, string Register, int Bit, Func<WhpCapabilities, bool> IsOffered, bool MayLack = false);
