using System.Buffers.Binary;
using VirtEngine.Bus;
using VirtEngine.Disks;
using VirtEngine.Memory;
using VirtEngine.Pci;

namespace VirtEngine.Nvme;

/// <summary>
/// An NVM Express 1.4 controller with namespaces on block devices. Its registers answer on the processors' threads, and a processor takes the
/// commands of the I/O queue that it rings for, if nobody else takes any: no thread need wake for what the disk does at once. Everything else
/// (other commands, enabling, resets, shutdown) is done by a thread of its own.
/// </summary>
/// <remarks>
/// <see cref="PciFunction.Gate"/> guards registers, completion queues and events. Submission queues are read by who holds
/// <see cref="_serving"/>, which is entered before the other. Both kinds are made and removed by the controller's thread, under both.
/// </remarks>
internal sealed class NvmeController : PciFunction, IMmioDevice
{
    /// <summary>I/O queues of each kind.</summary>
    internal const int MaximumIoQueues = 16;

    /// <summary>Entries of a queue.</summary>
    internal const int MaximumQueueSize = 1024;

    /// <summary>MSI-X vectors: one for each queue.</summary>
    internal const int Vectors = MaximumIoQueues + 1;

    /// <summary>Red Hat's, of whose numbers 10F0h to 10FFh are free for experiments: no operating system has a quirk for them.</summary>
    internal const ushort Vendor = 0x1AF4;

    /// <summary>Commands under way at the most.</summary>
    internal const int MaximumRequests = 128;

    private const ushort DeviceNumber = 0x10F0;
    private const ulong BarSize = 0x4000;
    private const int MsiXAt = 0x2000;
    private const int Batch = 16;       // commands of a queue before the others have their turn
    private const ushort DoNotRetry = 1 << 14;

    private readonly GuestMemory _memory;
    private readonly IInterruptLine _line;
    private readonly MsiX _msiX;
    private readonly int _msiXCapability;
    private readonly NvmeBell _bell = new();
    private readonly Lock _serving = new();
    private readonly Thread _thread;
    private readonly NvmeAdminCommands _admin;
    private readonly NvmeLogs _logs = new();
    private readonly NvmeEvents _events = new();
    private readonly SubmissionQueue?[] _submissions = new SubmissionQueue?[MaximumIoQueues + 1];
    private readonly CompletionQueue?[] _completions = new CompletionQueue?[MaximumIoQueues + 1];
    private readonly List<NvmeRequest> _requests = [];
    private NvmeRequest? _free;
    private uint _configuration, _status, _interruptMask, _adminAttributes;
    private ulong _adminSubmission, _adminCompletion;
    private int _underWay;
    private bool _resetAsked, _shutdownAsked;
    private bool _waitsForRequest, _waitsForRoom, _waitsForEnd;
    private volatile bool _controlAsked;

    /// <param name="bus">Where its registers appear.</param>
    /// <param name="memory">The guest's RAM.</param>
    /// <param name="target">Where its interrupts go.</param>
    /// <param name="line">Its interrupt without MSI-X.</param>
    /// <param name="machine">The machine's identity: its serial number.</param>
    /// <param name="namespaces">Its disks, numbered from 1; they stay the caller's, and are not closed before the controller.</param>
    internal NvmeController(
        GuestBus bus, GuestMemory memory, IMsiTarget target, IInterruptLine line, Guid machine, IReadOnlyList<NvmeNamespace> namespaces)
        : base(bus, new PciIdentity(Vendor, DeviceNumber, Class: 0x010802, Revision: 1, Vendor, DeviceNumber), "nvme")
    {
        _memory = memory;
        _line = line;
        Machine = machine;
        Namespaces = namespaces;
        Features = new NvmeFeatures(Vectors);
        _admin = new NvmeAdminCommands(this, memory);
        _msiX = new MsiX(target, Vectors);
        AddBar(new PciBar(0, BarSize, Is64Bit: true, this));
        SetInterruptPin(1);
        _msiXCapability = AddCapability(MsiX.CapabilityId, _msiX.CapabilityBody(0, MsiXAt), MsiX.CapabilityWritable);
        _thread = new Thread(Serve) { IsBackground = true, Name = "nvme" };
        _thread.Start();
    }

    /// <summary>The machine's identity.</summary>
    internal Guid Machine { get; }

    /// <summary>The disks by number, less one.</summary>
    internal IReadOnlyList<NvmeNamespace> Namespaces { get; }

    internal NvmeFeatures Features { get; }

    /// <summary>Whether writes need not be durable before a flush.</summary>
    internal bool HasWriteCache => Features.HasWriteCache;

    /// <summary>Whether the guest has chosen the one size of entries that there is.</summary>
    internal bool HasEntrySizes => (_configuration >> 16 & 0xFF) == 0x46;

    internal bool HasIoQueues => Array.FindIndex(_completions, 1, queue => queue is not null) > 0;

    private bool IsEnabled => (_configuration & NvmeRegister.Enable) != 0;

    private bool IsReady => (_status & (NvmeRegister.Ready | NvmeRegister.Fatal)) == NvmeRegister.Ready;

    internal NvmeNamespace? FindNamespace(uint id) => id - 1 < (uint)Namespaces.Count ? Namespaces[(int)(id - 1)] : null;

    // Registers

    public ulong ReadMmio(ulong offset, int size)
    {
        lock (Gate)
        {
            int at = (int)offset;
            if (at >= MsiXAt) return at < MsiXAt + MsiX.RangeSize ? _msiX.Read(at - MsiXAt, size) : 0;
            ulong value = ReadRegister(at & ~3) | (ulong)ReadRegister((at & ~3) + 4) << 32;
            return value >> 8 * (at & 3) & ulong.MaxValue >> (64 - 8 * size);
        }
    }

    public void WriteMmio(ulong offset, int size, ulong value)
    {
        int at = (int)offset;
        if (size < 4 || (at & size - 1) != 0) return;       // not defined (NVM Express 1.4, 3.1)
        SubmissionQueue? rung = null;
        lock (Gate)
        {
            if (at >= MsiXAt)
            {
                if (at < MsiXAt + MsiX.RangeSize) _msiX.Write(at - MsiXAt, size, value);
                return;
            }
            WriteRegister(at, (uint)value, ref rung);
            if (size == 8) WriteRegister(at + 4, (uint)(value >> 32), ref rung);
        }
        if (rung is not null) ServeAtDoorbell(rung);
    }

    private void ServeAtDoorbell(SubmissionQueue queue)
    {
        if (_serving.TryEnter())
        {
            try
            {
                bool mayServe = !_bell.IsHeld && !_bell.IsClosed && !_controlAsked && _submissions[queue.Id] == queue;
                if (mayServe && !ServeQueue(queue)) return;
            }
            finally
            {
                _serving.Exit();
            }
        }
        _bell.Ring();
    }

    private uint ReadRegister(int offset) => offset switch
    {
        // 1024 entries, contiguous; 30 s until ready, for a disk that is slow to finish what it began.
        NvmeRegister.Capabilities => MaximumQueueSize - 1 | 1 << 16 | 60 << 24,
        NvmeRegister.Capabilities + 4 => 1 << 5,        // the NVM command set; pages of 4 KiB
        NvmeRegister.Version => NvmeIdentify.Version,
        NvmeRegister.InterruptMaskSet or NvmeRegister.InterruptMaskClear => _interruptMask,
        NvmeRegister.Configuration => _configuration,
        NvmeRegister.Status => _status,
        NvmeRegister.AdminQueueAttributes => _adminAttributes,
        NvmeRegister.AdminSubmissionQueue => (uint)_adminSubmission,
        NvmeRegister.AdminSubmissionQueue + 4 => (uint)(_adminSubmission >> 32),
        NvmeRegister.AdminCompletionQueue => (uint)_adminCompletion,
        NvmeRegister.AdminCompletionQueue + 4 => (uint)(_adminCompletion >> 32),
        _ => 0,
    };

    private void WriteRegister(int offset, uint value, ref SubmissionQueue? rung)
    {
        const ulong high = 0xFFFF_FFFF_0000_0000;
        switch (offset)
        {
            case NvmeRegister.InterruptMaskSet: _interruptMask |= value; UpdateLine(); break;
            case NvmeRegister.InterruptMaskClear: _interruptMask &= ~value; UpdateLine(); break;
            case NvmeRegister.Configuration: WriteConfiguration(value & NvmeRegister.WritableConfiguration); break;
            case NvmeRegister.AdminQueueAttributes: _adminAttributes = value & 0x0FFF_0FFF; break;
            case NvmeRegister.AdminSubmissionQueue: _adminSubmission = _adminSubmission & high | value & ~0xFFFu; break;
            case NvmeRegister.AdminSubmissionQueue + 4: _adminSubmission = (uint)_adminSubmission | (ulong)value << 32; break;
            case NvmeRegister.AdminCompletionQueue: _adminCompletion = _adminCompletion & high | value & ~0xFFFu; break;
            case NvmeRegister.AdminCompletionQueue + 4: _adminCompletion = (uint)_adminCompletion | (ulong)value << 32; break;
            case >= NvmeRegister.Doorbells and < MsiXAt: WriteDoorbell((offset - NvmeRegister.Doorbells) / 4, value, ref rung); break;
        }
    }

    private void WriteConfiguration(uint value)
    {
        uint changed = _configuration ^ value;
        _configuration = value;
        if ((changed & NvmeRegister.Enable) != 0 && !IsEnabled) _resetAsked = true;
        if (NvmeRegister.ShutdownNotification(changed) != 0 && NvmeRegister.ShutdownNotification(value) is 1 or 2)
        {
            _shutdownAsked = true;
            _status = _status & ~NvmeRegister.ShutdownMask | NvmeRegister.ShutdownOccurring;
        }
        _controlAsked = true;
        _bell.Ring();
    }

    private void WriteDoorbell(int index, uint value, ref SubmissionQueue? rung)
    {
        if (!IsReady || !IsEnabled) return;
        int id = index / 2;
        if (index % 2 == 0)
        {
            if (id > MaximumIoQueues || _submissions[id] is not { } queue) ReportDoorbell(0);
            else if (!queue.TrySetTail(value)) ReportDoorbell(1);
            else if (id == 0) _bell.Ring();
            else rung = queue;
        }
        else if (id > MaximumIoQueues || _completions[id] is not { } queue) ReportDoorbell(0);
        else if (!queue.TryAdvanceHead(value)) ReportDoorbell(1);
        else
        {
            UpdateLine();
            if (_waitsForRoom)
            {
                _waitsForRoom = false;
                _bell.Ring();
            }
            TellEvent();
        }
    }

    // Events and interrupts; the lock is held

    private void ReportDoorbell(byte information)
    {
        _events.ReportDoorbell(information);
        TellEvent();
    }

    private void TellEvent()
    {
        if (!_events.IsReady || _completions[0] is not { } queue || !queue.TryReserve()) return;
        var (command, result) = _events.Take();
        queue.Post(result, _submissions[0]!.Head, 0, command, 0);
        Tell(queue);
    }

    private void Tell(CompletionQueue queue)
    {
        queue.IsNews = false;
        if (!queue.Interrupts) return;
        if (_msiX.Enabled) _msiX.Raise(queue.Vector);
        else UpdateLine();
    }

    private void UpdateLine()
    {
        bool wanted = false;
        if (!_msiX.Enabled && (_interruptMask & 1) == 0)
            foreach (var queue in _completions) wanted |= queue is { Interrupts: true, HasEntries: true };
        ShowInterrupt(wanted);
        _line.Set(wanted && (Command & PciRegister.InterruptDisable) == 0);
    }

    protected override void OnConfigWritten(int offset, int size)
    {
        if (offset < _msiXCapability + 4 && _msiXCapability < offset + size) OnConfigRestored();
        else if (offset < PciRegister.Command + 2 && PciRegister.Command < offset + size) UpdateLine();
    }

    protected override void OnConfigRestored()
    {
        _msiX.SetControl(BinaryPrimitives.ReadUInt16LittleEndian(Config(_msiXCapability + 2, 2)));
        UpdateLine();
    }

    // The controller's thread

    private void Serve()
    {
        while (true)
        {
            _bell.Wait();
            lock (_serving)
            {
                if (_bell.IsHeld && !_bell.IsClosed)
                {
                    Drain();
                    _bell.Stand();
                }
                if (_bell.IsClosed) break;
                ServeAll();
            }
        }
        lock (_serving) Drain();
    }

    private void ServeAll()
    {
        Control();
        for (bool more = true; more && !_controlAsked && !_bell.IsHeld && !_bell.IsClosed;)
        {
            more = false;
            foreach (var queue in _submissions)
                if (queue is { HasCommands: true } && !_controlAsked) more |= ServeQueue(queue);
        }
    }

    /// <summary>Takes some commands of a queue.</summary>
    /// <returns>Whether there may be more to take at once.</returns>
    private bool ServeQueue(SubmissionQueue queue)
    {
        bool more = true;
        for (int i = 0; i < Batch && more && !_controlAsked; i++) more = queue.HasCommands && TryServe(queue);
        lock (Gate)
        {
            foreach (var completions in _completions)
                if (completions is { IsNews: true }) Tell(completions);
        }
        return more;
    }

    /// <returns>False if there is no room for it now.</returns>
    private bool TryServe(SubmissionQueue queue)
    {
        NvmeRequest? request = null;
        lock (Gate)
        {
            if (!queue.Completions.TryReserve())
            {
                _waitsForRoom = true;
                return false;
            }
            if (queue.Id != 0)
            {
                request = _free;
                if (request is null && _requests.Count == MaximumRequests)
                {
                    _waitsForRequest = true;
                    queue.Completions.Unreserve();
                    return false;
                }
                _free = request?.Next;
            }
            _underWay++;
        }
        var command = queue.Take();
        if (queue.Id != 0)
        {
            if (request is null) _requests.Add(request = new NvmeRequest(this, _memory));
            request.Start(queue, command);
        }
        else ServeAdmin(queue, command);
        return true;
    }

    private void ServeAdmin(SubmissionQueue queue, in NvmeCommand command)
    {
        if ((NvmeAdmin)command.Opcode != NvmeAdmin.AsyncEventRequest)
        {
            var status = _admin.Execute(command, out uint result);
            lock (Gate) End(queue, command, status, result);
            return;
        }
        lock (Gate)
        {
            if (!_events.TryAdd(command.Id))
            {
                End(queue, command, NvmeStatus.AsyncEventLimitExceeded, 0);
                return;
            }
            queue.Completions.Unreserve();      // it may wait for ever
            _underWay--;
            TellEvent();
        }
    }

    /// <summary>A command of an I/O queue is done; called from any thread.</summary>
    internal void Complete(NvmeRequest request, NvmeStatus status)
    {
        lock (Gate)
        {
            if (status == NvmeStatus.Success) _logs.Count((NvmeIo)request.Command.Opcode, request.Length);
            End(request.Queue, request.Command, status, 0);
            request.Next = _free;
            _free = request;
            if (_waitsForRequest || (_waitsForEnd && _underWay == 0))
            {
                _waitsForRequest = false;
                _bell.Ring();
            }
            // Who takes commands tells of several at once.
            if (!_serving.IsHeldByCurrentThread && request.Queue.Completions.IsNews) Tell(request.Queue.Completions);
        }
    }

    private void End(SubmissionQueue queue, in NvmeCommand command, NvmeStatus status, uint result)
    {
        _underWay--;
        ushort code = status == NvmeStatus.Success ? (ushort)0 : (ushort)((ushort)status | DoNotRetry);
        if (code != 0) _logs.AddError(queue.Id, command, code, queue.Id == 0 ? 0 : command.FirstBlock);
        // The guest that resets a controller hears nothing more of its commands.
        if (IsEnabled && !_resetAsked) queue.Completions.Post(result, queue.Head, queue.Id, command.Id, code);
        else queue.Completions.Unreserve();
    }

    /// <summary>Waits until no command is under way.</summary>
    private void Drain()
    {
        bool waited = false;
        while (true)
        {
            lock (Gate)
            {
                _waitsForEnd = _underWay > 0;
                if (!_waitsForEnd) break;
            }
            if (!waited) Hurry(true);
            waited = true;
            _bell.Wait();
        }
        if (!waited) return;
        Hurry(false);
        _bell.Ring();       // it may have rung for something else, too
    }

    private void Hurry(bool hurry)
    {
        foreach (var space in Namespaces) space.Disk.Hurry(hurry);
    }

    /// <summary>Does what the configuration register asks for.</summary>
    private void Control()
    {
        while (_controlAsked)
        {
            _controlAsked = false;
            bool reset, shutdown;
            lock (Gate)
            {
                (reset, shutdown) = (_resetAsked, _shutdownAsked);
                _shutdownAsked = false;
            }
            if (shutdown) Shutdown();
            if (reset)
            {
                Drain();
                lock (Gate) Reset();
            }
            lock (Gate)
            {
                if (IsEnabled && !_resetAsked && (_status & (NvmeRegister.Ready | NvmeRegister.Fatal)) == 0) Enable();
            }
        }
    }

    private void Reset()
    {
        Array.Clear(_submissions);
        Array.Clear(_completions);
        _events.Reset();
        Features.Reset();
        _status = 0;
        _interruptMask = 0;
        _resetAsked = false;
        UpdateLine();
    }

    private void Enable()
    {
        const uint commandSetPageSizeArbitration = 0x3FF0;
        int submissionSize = (int)(_adminAttributes & 0xFFF) + 1, completionSize = (int)(_adminAttributes >> 16) + 1;
        if ((_configuration & commandSetPageSizeArbitration) == 0 && submissionSize >= 2 && completionSize >= 2
            && CompletionQueue.TryMake(_memory, 0, _adminCompletion, completionSize, 0, interrupts: true, out var completions)
            && SubmissionQueue.TryMake(_memory, 0, _adminSubmission, submissionSize, completions!, out var submissions))
        {
            completions!.Users++;
            _completions[0] = completions;
            _submissions[0] = submissions;
            _status |= NvmeRegister.Ready;
        }
        else _status |= NvmeRegister.Fatal;
    }

    private void Shutdown()
    {
        Drain();
        bool failed = false;
        foreach (var space in Namespaces)
        {
            try
            {
                space.Disk.FlushAsync().AsTask().GetAwaiter().GetResult();
            }
            catch (BlockException)
            {
                failed = true;
            }
        }
        lock (Gate)
        {
            if (failed) _status |= NvmeRegister.Fatal;
            if ((_status & NvmeRegister.ShutdownMask) == NvmeRegister.ShutdownOccurring)
                _status = _status & ~NvmeRegister.ShutdownMask | NvmeRegister.ShutdownComplete;
        }
    }

    // For admin commands, on the controller's thread

    internal int MakeLog(byte id, Span<byte> page)
    {
        lock (Gate) return _logs.Make(id, page);
    }

    internal void UnmaskEvents()
    {
        lock (Gate)
        {
            _events.Unmask();
            TellEvent();
        }
    }

    internal bool TryAbortEventRequest(ushort command)
    {
        lock (Gate)
        {
            var queue = _completions[0]!;
            if (!queue.TryReserve()) return false;
            bool found = _events.TryRemove(command);
            if (found) queue.Post(0, _submissions[0]!.Head, 0, command, (ushort)NvmeStatus.AbortRequested);
            else queue.Unreserve();
            return found;
        }
    }

    internal NvmeStatus AddCompletionQueue(int id, ulong address, int size, int vector, bool interrupts)
    {
        if (id is < 1 or > MaximumIoQueues || _completions[id] is not null) return NvmeStatus.InvalidQueueIdentifier;
        if (!CompletionQueue.TryMake(_memory, id, address, size, vector, interrupts, out var queue)) return NvmeStatus.DataTransferError;
        lock (Gate) _completions[id] = queue;
        return NvmeStatus.Success;
    }

    internal NvmeStatus AddSubmissionQueue(int id, ulong address, int size, int completions)
    {
        if (id is < 1 or > MaximumIoQueues || _submissions[id] is not null) return NvmeStatus.InvalidQueueIdentifier;
        if (completions is < 1 or > MaximumIoQueues || _completions[completions] is not { } target) return NvmeStatus.CompletionQueueInvalid;
        if (!SubmissionQueue.TryMake(_memory, id, address, size, target, out var queue)) return NvmeStatus.DataTransferError;
        lock (Gate) _submissions[id] = queue;
        target.Users++;
        return NvmeStatus.Success;
    }

    internal NvmeStatus DeleteCompletionQueue(int id)
    {
        if (id is < 1 or > MaximumIoQueues || _completions[id] is not { } queue) return NvmeStatus.InvalidQueueIdentifier;
        if (queue.Users > 0) return NvmeStatus.InvalidQueueDeletion;
        lock (Gate)
        {
            _completions[id] = null;
            UpdateLine();
        }
        return NvmeStatus.Success;
    }

    internal NvmeStatus DeleteSubmissionQueue(int id)
    {
        if (id is < 1 or > MaximumIoQueues || _submissions[id] is not { } queue) return NvmeStatus.InvalidQueueIdentifier;
        lock (Gate) _submissions[id] = null;
        WaitForOthers();
        queue.Completions.Users--;
        return NvmeStatus.Success;
    }

    /// <summary>Waits until the admin command that is being done is the only one.</summary>
    private void WaitForOthers()
    {
        lock (Gate) _underWay--;
        Drain();
        lock (Gate) _underWay++;
    }

    // State

    /// <inheritdoc/>
    internal override void Hold() => _bell.Hold();

    /// <inheritdoc/>
    internal override void Release() => _bell.Release();

    public override void SaveState(BinaryWriter writer)
    {
        Hold();
        try
        {
            lock (Gate) Save(writer);
        }
        finally
        {
            Release();
        }
    }

    public override void LoadState(BinaryReader reader, int version)
    {
        Hold();
        try
        {
            lock (Gate) Load(reader, version);
        }
        finally
        {
            Release();
        }
    }

    private void Save(BinaryWriter writer)
    {
        writer.Write(_configuration); writer.Write(_status); writer.Write(_interruptMask); writer.Write(_adminAttributes);
        writer.Write(_adminSubmission); writer.Write(_adminCompletion); writer.Write(_resetAsked); writer.Write(_shutdownAsked);
        Features.Save(writer);
        _logs.Save(writer);
        _events.Save(writer);
        _msiX.Save(writer);
        writer.Write((byte)_completions.Count(queue => queue is not null));
        foreach (var queue in _completions) queue?.Save(writer);
        writer.Write((byte)_submissions.Count(queue => queue is not null));
        foreach (var queue in _submissions) queue?.Save(writer);
        base.SaveState(writer);
    }

    private void Load(BinaryReader reader, int version)
    {
        Reset();
        _configuration = reader.ReadUInt32() & NvmeRegister.WritableConfiguration;
        _status = reader.ReadUInt32() & (NvmeRegister.Ready | NvmeRegister.Fatal | NvmeRegister.ShutdownMask);
        _interruptMask = reader.ReadUInt32(); _adminAttributes = reader.ReadUInt32() & 0x0FFF_0FFF;
        _adminSubmission = reader.ReadUInt64() & ~0xFFFul; _adminCompletion = reader.ReadUInt64() & ~0xFFFul;
        _resetAsked = reader.ReadBoolean(); _shutdownAsked = reader.ReadBoolean();
        Features.Load(reader);
        _logs.Load(reader);
        _events.Load(reader);
        _msiX.Load(reader);
        LoadQueues(reader);
        base.LoadState(reader, version);
        _controlAsked = true;
    }

    private void LoadQueues(BinaryReader reader)
    {
        // The admin queues may be four times as large as the others.
        for (int count = reader.ReadByte(); count > 0; count--)
        {
            var queue = CompletionQueue.Load(reader, _memory, 4096);
            if (queue.Id > MaximumIoQueues || queue.Vector >= Vectors || _completions[queue.Id] is not null)
                throw new InvalidDataException($"An NVMe completion queue {queue.Id} with vector {queue.Vector}.");
            _completions[queue.Id] = queue;
        }
        for (int count = reader.ReadByte(); count > 0; count--)
        {
            var queue = SubmissionQueue.Load(reader, _memory, 4096, id => id <= MaximumIoQueues ? _completions[id] : null);
            if (queue.Id > MaximumIoQueues || _submissions[queue.Id] is not null) throw new InvalidDataException($"An NVMe submission queue {queue.Id}.");
            _submissions[queue.Id] = queue;
        }
        if (IsReady && (_completions[0] is null || _submissions[0] is null)) throw new InvalidDataException("An NVMe controller that is ready without admin queues.");
    }

    /// <summary>Finishes what is under way; afterwards nothing reaches RAM or disks.</summary>
    public override void Dispose()
    {
        base.Dispose();
        _bell.Close();
        _thread.Join();
        foreach (var request in _requests) request.Dispose();
        _admin.Dispose();
    }
}
