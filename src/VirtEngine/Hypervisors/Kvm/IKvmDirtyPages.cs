namespace VirtEngine.Hypervisors.Kvm;

/// <summary>How it becomes known which pages were written. Any thread may call, while processors run or stand.</summary>
internal interface IKvmDirtyPages : IDisposable
{
    /// <summary>Begins from a clean slate. Afterwards the slots are told to record.</summary>
    void Start();

    /// <summary>Moves out what was written since, as <see cref="IPartition.CollectDirty"/> says.</summary>
    /// <param name="bitmap">One bit per page of RAM in the order of the mapping; overwritten.</param>
    /// <exception cref="KvmException">Pages may be lost.</exception>
    void Collect(Span<ulong> bitmap);

    /// <summary>Makes room for what processors write, on the thread of one that has left the guest for lack of it.</summary>
    /// <returns>False if room is never lacking.</returns>
    /// <exception cref="KvmException">Pages may be lost.</exception>
    bool TryMakeRoom();
}
