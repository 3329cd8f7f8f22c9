namespace VirtEngine.Hypervisors;

/// <summary>The answer to one CPUID leaf.</summary>
/// <param name="Leaf">EAX going in.</param>
/// <param name="Subleaf">ECX going in, for leaves that have subleaves; else 0.</param>
/// <param name="Eax">EAX coming out.</param>
/// <param name="Ebx">EBX coming out.</param>
/// <param name="Ecx">ECX coming out.</param>
/// <param name="Edx">EDX coming out.</param>
public readonly record struct CpuidLeaf(uint Leaf, uint Subleaf, uint Eax, uint Ebx, uint Ecx, uint Edx);
