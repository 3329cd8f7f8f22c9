using VirtEngine.Nvme;

namespace VirtEngine.Tests.Nvme;

/// <summary>The driver's side of a pair of queues.</summary>
internal sealed class NvmeDriverQueue(NvmeDriver driver, int id, ulong submissions, ulong completions, int size)
{
    private int _tail, _head;
    private bool _phase = true;
    private ushort _nextId;

    internal int Id => id;

    internal ulong Submissions => submissions;

    internal int Tail => _tail;

    /// <summary>Puts a command into the queue, without the doorbell.</summary>
    internal ushort Put(NvmeEntry entry)
    {
        Span<byte> bytes = stackalloc byte[64];
        entry.WriteTo(bytes, ++_nextId);
        driver.Memory.Write(submissions + (ulong)(64 * _tail), bytes);
        _tail = (_tail + 1) % size;
        return _nextId;
    }

    internal void Ring() => driver.Write(0x1000 + 8 * id, (uint)_tail);

    internal ushort Submit(NvmeEntry entry)
    {
        ushort number = Put(entry);
        Ring();
        return number;
    }

    /// <summary>Takes the next completion, if there is one, and tells the controller unless asked not to.</summary>
    internal NvmeCompletion? TryTake(bool tell = true)
    {
        ulong at = completions + (ulong)(16 * _head);
        uint last = driver.Read32(at + 12);
        if ((last >> 16 & 1) != (_phase ? 1u : 0)) return null;
        uint third = driver.Read32(at + 8);
        var completion = new NvmeCompletion(driver.Read32(at), (int)(third & 0xFFFF), (int)(third >> 16), (ushort)last, (ushort)(last >> 17));
        if (++_head == size) { _head = 0; _phase = !_phase; }
        if (tell) Tell();
        return completion;
    }

    internal void Tell() => driver.Write(0x1004 + 8 * id, (uint)_head);

    internal NvmeCompletion Take(bool tell = true)
    {
        NvmeCompletion? taken = null;
        NvmeDriver.WaitFor(() => (taken = TryTake(tell)) is not null, () => $"Nothing completes in queue {id}; the status is {driver.Status:x}.");
        return taken!.Value;
    }

    /// <summary>Does one command alone.</summary>
    internal NvmeCompletion Do(NvmeEntry entry)
    {
        ushort number = Submit(entry);
        var completion = Take();
        Assert.Equal(number, completion.Command);
        Assert.Equal(id, completion.SubmissionQueue);
        Assert.Equal(_tail, completion.SubmissionHead);
        return completion;
    }

    internal void Fails(NvmeStatus status, NvmeEntry entry) => Assert.Equal(status, Do(entry).Status);

    internal void Succeeds(NvmeEntry entry) => Assert.Equal(NvmeStatus.Success, Do(entry).Status);
}
