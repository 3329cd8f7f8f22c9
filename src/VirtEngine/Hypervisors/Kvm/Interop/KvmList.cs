using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary>A list of entries behind their count, as KVM takes and gives lists: <c>kvm_cpuid2</c>, <c>kvm_msrs</c>, <c>kvm_irq_routing</c>.</summary>
/// <typeparam name="T">An entry.</typeparam>
internal sealed unsafe class KvmList<T> : IDisposable where T : unmanaged
{
    private const int HeaderSize = 8; // the count, and padding or flags

    private readonly int _capacity;
    private byte* _memory;

    /// <summary>A list of zeroed entries.</summary>
    internal KvmList(int count)
    {
        _capacity = count;
        _memory = (byte*)NativeMemory.AllocZeroed((nuint)(HeaderSize + (long)count * sizeof(T)));
        *(uint*)_memory = (uint)count;
    }

    /// <summary>The list with its header.</summary>
    internal nint Pointer => (nint)_memory;

    /// <summary>The entries that count.</summary>
    internal Span<T> Entries => new(_memory + HeaderSize, (int)Math.Min(*(uint*)_memory, (uint)_capacity));

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
    }
}
