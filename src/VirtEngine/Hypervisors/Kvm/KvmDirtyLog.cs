using VirtEngine.Hypervisors.Kvm.Interop;
using VirtEngine.Memory;

namespace VirtEngine.Hypervisors.Kvm;

/// <summary>
/// Written pages by the kernel's bitmap of each slot (Documentation/virt/kvm/api.rst, 4.8): nothing leaves the guest, and what is collected costs
/// by the RAM's size.
/// </summary>
internal sealed unsafe class KvmDirtyLog(KvmHandle machine, GuestMemory memory) : IKvmDirtyPages
{
    private readonly Lock _gate = new();    // guards the words
    private ulong[] _words = [];

    /// <inheritdoc/>
    public void Start() => memory.Pages.StartLogging();

    /// <inheritdoc/>
    public void Collect(Span<ulong> bitmap)
    {
        memory.Pages.CollectDirty(bitmap);      // what devices wrote
        var regions = memory.Regions;
        lock (_gate)
        {
            for (int slot = 0; slot < regions.Count; slot++)
            {
                int count = (int)((regions[slot].Length / GuestMemory.PageSize + 63) / 64);
                if (_words.Length < count) _words = new ulong[count];
                fixed (ulong* pointer = _words)
                {
                    var query = new KvmDirtyLogQuery { Slot = (uint)slot, DirtyBitmap = (nint)pointer };
                    machine.Call(KvmRequest.KVM_GET_DIRTY_LOG, ref query);
                }
                // A region begins at a multiple of 64 pages of the mapping.
                var target = bitmap.Slice((int)(regions[slot].Offset / GuestMemory.PageSize / 64), count);
                for (int i = 0; i < count; i++) target[i] |= _words[i];
            }
        }
    }

    /// <inheritdoc/>
    public bool TryMakeRoom() => false;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
