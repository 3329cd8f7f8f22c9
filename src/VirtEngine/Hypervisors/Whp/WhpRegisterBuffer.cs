using System.Runtime.InteropServices;
using VirtEngine.Hypervisors.Whp.Interop;

namespace VirtEngine.Hypervisors.Whp;

/// <summary>Register values where the platform can take them from: native memory aligned to 16 bytes.</summary>
internal sealed unsafe class WhpRegisterBuffer : IDisposable
{
    private const int Alignment = 16;

    internal WhpRegisterBuffer(int count)
    {
        Count = count;
        Values = (WHV_REGISTER_VALUE*)NativeMemory.AlignedAlloc((nuint)(count * sizeof(WHV_REGISTER_VALUE)), Alignment);
        Clear();
    }

    internal int Count { get; }

    internal WHV_REGISTER_VALUE* Values { get; private set; }

    internal ref WHV_REGISTER_VALUE this[int index] => ref Values[index];

    internal Span<WHV_REGISTER_VALUE> Span => new(Values, Count);

    internal void Clear() => NativeMemory.Clear(Values, (nuint)(Count * sizeof(WHV_REGISTER_VALUE)));

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(Values);
        Values = null;
    }
}
