using VirtEngine.Hypervisors.Emulation;
using VirtEngine.Hypervisors.Whp.Interop;

namespace VirtEngine.Hypervisors.Whp;

/// <summary>Events and messages in the platform's bit fields (winhvplatformdefs.h; Hyper-V TLFS, interrupts).</summary>
internal static class WhpEvents
{
    private const uint FixedDelivery = 0, LowestPriority = 1, NonMaskable = 4, InitSignal = 5, StartUp = 6;

    /// <summary>WHV_X64_PENDING_EXCEPTION_EVENT: an exception to inject.</summary>
    internal static WHV_REGISTER_VALUE Exception(in EmulationResult raised) => new()
    {
        Reg64 = 1 | (ulong)WHV_X64_PENDING_EVENT_TYPE.WHvX64PendingEventException << 1 | (raised.HasErrorCode ? 1ul << 8 : 0)
            | (ulong)raised.Vector << 16 | (ulong)raised.ErrorCode << 32,
        High64 = raised.Address,
    };

    /// <summary>WHV_X64_PENDING_EXT_INT_EVENT: an interrupt that the 8259s gave.</summary>
    internal static WHV_REGISTER_VALUE ExternalInterrupt(byte vector) => new()
    {
        Reg64 = 1 | (ulong)WHV_X64_PENDING_EVENT_TYPE.WHvX64PendingEventExtInt << 1 | (ulong)vector << 8,
    };

    /// <summary>WHV_X64_DELIVERABILITY_NOTIFICATIONS_REGISTER: an exit when an interrupt can be delivered.</summary>
    internal const ulong InterruptNotification = 2;

    /// <summary>WHV_INTERNAL_ACTIVITY_REGISTER.</summary>
    internal const ulong StartupSuspend = 1, HaltSuspend = 2;

    /// <summary>WHV_X64_INTERRUPT_STATE_REGISTER.</summary>
    internal const ulong InterruptShadow = 1, NmiMasked = 2;

    /// <summary>Reads WHV_X64_PENDING_INTERRUPTION_REGISTER.</summary>
    /// <returns>False if nothing is on its way.</returns>
    internal static bool TryReadInterruption(ulong register, out WHV_X64_PENDING_INTERRUPTION_TYPE type, out byte vector)
    {
        type = (WHV_X64_PENDING_INTERRUPTION_TYPE)(register >> 1 & 7);
        vector = (byte)(register >> 16);
        return (register & 1) != 0;
    }

    /// <summary>Reads WHV_X64_PENDING_EXT_INT_EVENT.</summary>
    /// <returns>False if no interrupt of the 8259s is on its way.</returns>
    internal static bool TryReadExternalInterrupt(ulong register, out byte vector)
    {
        vector = (byte)(register >> 8);
        return (register & 0xF) == (1 | (ulong)WHV_X64_PENDING_EVENT_TYPE.WHvX64PendingEventExtInt << 1);
    }

    /// <summary>Turns a message (Intel SDM vol. 3, 10.11) into WHV_INTERRUPT_CONTROL.</summary>
    /// <returns>False if it is none that a local APIC takes: SMI, which there is not, and ExtINT, which the 8259s' own wire stands for.</returns>
    internal static bool TryDecodeMessage(ulong address, uint data, out WHV_INTERRUPT_CONTROL interrupt)
    {
        const ulong logical = 1 << 8, level = 1 << 12;
        uint mode = data >> 8 & 7;
        interrupt = new()
        {
            Control = mode | ((address & 4) != 0 ? logical : 0) | ((data & 0x8000) != 0 ? level : 0),
            Destination = (uint)(address >> 12) & 0xFF,
            Vector = data & 0xFF,
        };
        return address >> 20 == 0xFEE && mode is (FixedDelivery or LowestPriority or NonMaskable or InitSignal or StartUp);
    }

    /// <summary>A non-maskable interrupt for one processor.</summary>
    internal static WHV_INTERRUPT_CONTROL Nmi(int processor) => new() { Control = NonMaskable, Destination = (uint)processor };
}
