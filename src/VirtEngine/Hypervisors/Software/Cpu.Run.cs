namespace VirtEngine.Hypervisors.Software;

/// <content>Between blocks: pending work, sleeping, single steps.</content>
internal sealed unsafe partial class Cpu
{
    private const ulong DebugSingleStep = 0x4000;

    private readonly object _sleepGate = new();
    private volatile bool _sleeping;
    private byte _sipiVector;

    /// <summary>Makes the run loop look up before the next instruction, and wakes a sleeping processor; from any thread.</summary>
    internal void Request(PendingWork work)
    {
        int before = Interlocked.Or(ref State->Pending, (int)work);
        if ((before & (int)work) == (int)work || !_sleeping) return;
        lock (_sleepGate) Monitor.PulseAll(_sleepGate);
    }

    /// <summary>A non-maskable interrupt.</summary>
    internal void RequestNmi()
    {
        Volatile.Write(ref _nmiPending, true);
        Request(PendingWork.Nmi);
    }

    /// <summary>A start-up IPI: begins at <paramref name="vector"/> × 4096 if the processor waits for one.</summary>
    internal void RequestSipi(byte vector)
    {
        Volatile.Write(ref _sipiVector, vector);
        Request(PendingWork.Sipi);
    }

    /// <summary>Runs until something outside is needed.</summary>
    internal Exit Run()
    {
        while (true)
        {
            if (Volatile.Read(ref State->Pending) != 0 || Activity != ProcessorActivity.Running)
            {
                if (TryLeave(out Exit exit)) return exit;
                if (Activity == ProcessorActivity.Shutdown) continue; // the interrupt that was just delivered triple-faulted
                if (Activity != ProcessorActivity.Running) { Sleep(); continue; }
            }
            if ((State->Pending & (int)PendingWork.SingleStep) != 0) StepOne();
            else
            {
                Block* block = FindBlock(State->Rip);
                if (block != null) RunFrom(block);
            }
            if (IsFaulting) DeliverFault();
        }
    }

    private void RunFrom(Block* block)
    {
        Interpreter.Run(this, block);
        // Between blocks the arena may be emptied and the block's place reused.
        CurrentBlock = null;
    }

    /// <summary>Runs the instruction of a block that <see cref="DecodeOne"/> made. An exception that it raises stays raised.</summary>
    /// <param name="block">The block, or null where decoding has raised an exception.</param>
    /// <returns>Whether a single step ends behind it.</returns>
    internal bool ExecuteOne(Block* block)
    {
        bool trap = (State->OtherFlags & ControlBits.FlagTf) != 0;
        InterruptShadow = false;
        _stepHidden = false;
        // It is the pending single step that makes the interpreter come back behind the block.
        Request(PendingWork.SingleStep);
        if (block != null) RunFrom(block);
        return trap && !_stepHidden && !IsFaulting;
    }

    /// <summary>Runs one instruction and delivers the exception it raised, if any.</summary>
    internal void StepOne()
    {
        bool shadow = InterruptShadow;
        bool stepped = ExecuteOne(DecodeOne(out _));
        if (IsFaulting) DeliverFault();
        else if (stepped) DeliverSingleStep();
        if (!InterruptShadow && (State->OtherFlags & ControlBits.FlagTf) == 0) Withdraw(PendingWork.SingleStep);
        if (shadow) Request(PendingWork.Interrupt | (_nmiPending ? PendingWork.Nmi : 0));
    }

    private void DeliverSingleStep()
    {
        _stepDue = false;
        // A trap behind HLT wakes the processor.
        Activity = ProcessorActivity.Running;
        DebugRegisters[4] |= DebugSingleStep;
        Raise(ExceptionVector.Debug);
        DeliverFault();
    }

    /// <summary>Handles pending work, in the order of its priority.</summary>
    /// <returns>Whether <see cref="Run"/> returns, with <paramref name="exit"/>.</returns>
    internal bool TryLeave(out Exit exit)
    {
        var pending = (PendingWork)Volatile.Read(ref State->Pending);
        exit = default;
        if ((pending & PendingWork.Kick) != 0)
        {
            Withdraw(PendingWork.Kick);
            exit = new Exit(ExitReason.Canceled, State->Rip);
            return true;
        }
        if ((pending & PendingWork.Failed) != 0)
        {
            exit = new Exit(ExitReason.Failed, State->Rip, Failure);
            return true;
        }
        if (Activity == ProcessorActivity.Shutdown)
        {
            exit = new Exit(ExitReason.Shutdown, State->Rip, ShutdownDetail);
            return true;
        }
        if ((pending & PendingWork.Init) != 0)
        {
            Withdraw(PendingWork.Init | PendingWork.Nmi | PendingWork.SingleStep);
            Reset();
        }
        if ((pending & PendingWork.Sipi) != 0)
        {
            Withdraw(PendingWork.Sipi);
            if (Activity == ProcessorActivity.WaitForSipi) StartAt(Volatile.Read(ref _sipiVector));
        }
        if (_stepDue)
        {
            DeliverSingleStep();
            return false;
        }
        if (Activity == ProcessorActivity.WaitForSipi) { Withdraw(PendingWork.Interrupt | PendingWork.Nmi); return false; }
        if ((pending & PendingWork.Nmi) != 0)
        {
            Withdraw(PendingWork.Nmi);
            if (_nmiPending && !_nmiBlocked && !InterruptShadow)
            {
                _nmiPending = false;
                _nmiBlocked = true;
                Activity = ProcessorActivity.Running;
                DeliverInterrupt(ExceptionVector.Nmi);
                return false;
            }
        }
        if ((pending & PendingWork.Interrupt) != 0)
        {
            Withdraw(PendingWork.Interrupt);
            // With interrupts off, or in their shadow, whoever ends that asks again.
            if ((State->OtherFlags & ControlBits.FlagIf) != 0 && !InterruptShadow)
            {
                int vector = Services.AcknowledgeInterrupt();
                if (vector >= 0)
                {
                    Activity = ProcessorActivity.Running;
                    DeliverInterrupt((byte)vector);
                }
            }
        }
        return false;
    }

    private void Sleep()
    {
        Halts++;
        lock (_sleepGate)
        {
            _sleeping = true;
            Interlocked.MemoryBarrier();    // pairs with Request: either it sees the sleeper, or the sleeper sees its work
            while (Volatile.Read(ref State->Pending) == 0) Monitor.Wait(_sleepGate);
            _sleeping = false;
        }
    }

    // INIT keeps the FPU, the MTRRs and the TSC, and processors other than the first wait for a start-up IPI.
    private void Reset()
    {
        var kept = new byte[512];
        new ReadOnlySpan<byte>(State->Fx, 512).CopyTo(kept);
        var state = ProcessorState.Reset();
        kept.CopyTo(state.FxSave, 0);
        state.Activity = Index == 0 ? ProcessorActivity.Running : ProcessorActivity.WaitForSipi;
        SetState(state);
    }

    private void StartAt(byte vector)
    {
        SetSegment(SegmentRegister.Cs, Segments[SegmentRegister.Cs] with { Selector = (ushort)(vector << 8), Base = (ulong)vector << 12 });
        State->Rip = 0;
        Activity = ProcessorActivity.Running;
        UpdateMode();
    }
}
