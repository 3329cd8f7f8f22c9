using VirtEngine.Memory;

namespace VirtEngine.Nvme;

/// <summary>Does the commands of the admin queue (NVM Express 1.4, 5), on the controller's thread.</summary>
internal sealed class NvmeAdminCommands(NvmeController controller, GuestMemory memory) : IDisposable
{
    private const int PageLength = GuestMemory.PageSize;
    private const byte NumberOfQueues = 0x07;

    private readonly NvmeTransfer _transfer = new(memory);
    private readonly byte[] _page = new byte[PageLength];

    /// <summary>Does a command.</summary>
    /// <param name="command">The command; not a request for an event.</param>
    /// <param name="result">Dword 0 of its completion.</param>
    internal NvmeStatus Execute(in NvmeCommand command, out uint result)
    {
        result = 0;
        if (command.IsFused) return NvmeStatus.InvalidField;
        switch ((NvmeAdmin)command.Opcode)
        {
            case NvmeAdmin.Identify: return Identify(command);
            case NvmeAdmin.GetLogPage: return GetLogPage(command);
            case NvmeAdmin.GetFeatures: return GetFeatures(command, out result);
            case NvmeAdmin.SetFeatures: return SetFeatures(command, out result);
            case NvmeAdmin.CreateCompletionQueue: return CreateCompletionQueue(command);
            case NvmeAdmin.CreateSubmissionQueue: return CreateSubmissionQueue(command);
            case NvmeAdmin.DeleteCompletionQueue: return controller.DeleteCompletionQueue((int)(command.Dword10 & 0xFFFF));
            case NvmeAdmin.DeleteSubmissionQueue: return controller.DeleteSubmissionQueue((int)(command.Dword10 & 0xFFFF));
            case NvmeAdmin.Abort:
                // What a disk has begun it finishes; only requests for events wait for long.
                result = (command.Dword10 & 0xFFFF) == 0 && controller.TryAbortEventRequest((ushort)(command.Dword10 >> 16)) ? 0u : 1u;
                return NvmeStatus.Success;
            default: return NvmeStatus.InvalidOpcode;
        }
    }

    private NvmeStatus Identify(in NvmeCommand command)
    {
        Array.Clear(_page);
        switch (command.Dword10 & 0xFF)
        {
            case 0x00:
                if (controller.FindNamespace(command.Namespace) is not { } space) return NvmeStatus.InvalidNamespace;
                NvmeIdentify.Namespace(_page, space);
                break;
            case 0x01:
                NvmeIdentify.Controller(_page, NvmeController.Vendor, controller.Machine, controller.Namespaces.Count);
                break;
            case 0x02:
                if (command.Namespace >= 0xFFFF_FFFE) return NvmeStatus.InvalidNamespace;
                NvmeIdentify.ActiveList(_page, command.Namespace, controller.Namespaces.Count);
                break;
            case 0x03:
                if (controller.FindNamespace(command.Namespace) is not { } named) return NvmeStatus.InvalidNamespace;
                NvmeIdentify.Descriptors(_page, named);
                break;
            default:
                return NvmeStatus.InvalidField;
        }
        return Give(command, _page);
    }

    private NvmeStatus GetLogPage(in NvmeCommand command)
    {
        ulong wanted = 4 * ((ulong)(command.Dword10 >> 16 | command.Dword11 << 16) + 1), offset = command.Dword12 | (ulong)command.Dword13 << 32;
        byte id = (byte)command.Dword10;
        Array.Clear(_page);
        int length = controller.MakeLog(id, _page);
        if (length == 0) return NvmeStatus.InvalidLogPage;
        if (offset % 4 != 0 || offset > (ulong)length || wanted > NvmeTransfer.MaximumLength) return NvmeStatus.InvalidField;
        // What lies behind a page is not defined: nothing is written there.
        var status = Give(command, _page.AsSpan((int)offset, (int)Math.Min(wanted, (ulong)length - offset)));
        const uint retainEvent = 1 << 15;
        if (status == NvmeStatus.Success && id == 1 && (command.Dword10 & retainEvent) == 0) controller.UnmaskEvents();
        return status;
    }

    private NvmeStatus GetFeatures(in NvmeCommand command, out uint result)
    {
        uint select = command.Dword10 >> 8 & 7;
        byte id = (byte)command.Dword10;
        if (id != NumberOfQueues) return controller.Features.Get(id, select, command.Dword11, out result);
        result = select == 3 ? 4 : QueueCounts;
        return select > 3 ? NvmeStatus.InvalidField : NvmeStatus.Success;
    }

    private NvmeStatus SetFeatures(in NvmeCommand command, out uint result)
    {
        result = 0;
        if (command.Dword10 >> 31 != 0) return NvmeStatus.FeatureNotSaveable;
        byte id = (byte)command.Dword10;
        if (id != NumberOfQueues) return controller.Features.Set(id, command.Dword11);
        if ((command.Dword11 & 0xFFFF) == 0xFFFF || command.Dword11 >> 16 == 0xFFFF) return NvmeStatus.InvalidField;
        if (controller.HasIoQueues) return NvmeStatus.CommandSequence;
        result = QueueCounts;
        return NvmeStatus.Success;
    }

    private static uint QueueCounts => (NvmeController.MaximumIoQueues - 1) * 0x1_0001u;

    private NvmeStatus CreateCompletionQueue(in NvmeCommand command)
    {
        const uint contiguous = 1, interrupts = 2;
        int id = (int)(command.Dword10 & 0xFFFF), size = (int)(command.Dword10 >> 16) + 1, vector = (int)(command.Dword11 >> 16);
        if (!controller.HasEntrySizes || (command.Dword11 & contiguous) == 0) return NvmeStatus.InvalidField;
        if (size is < 2 or > NvmeController.MaximumQueueSize) return NvmeStatus.InvalidQueueSize;
        if (command.Data1 % PageLength != 0) return NvmeStatus.PrpOffsetInvalid;
        if (vector >= NvmeController.Vectors) return NvmeStatus.InvalidInterruptVector;
        return controller.AddCompletionQueue(id, command.Data1, size, vector, (command.Dword11 & interrupts) != 0);
    }

    private NvmeStatus CreateSubmissionQueue(in NvmeCommand command)
    {
        const uint contiguous = 1;
        int id = (int)(command.Dword10 & 0xFFFF), size = (int)(command.Dword10 >> 16) + 1, completions = (int)(command.Dword11 >> 16);
        if (!controller.HasEntrySizes || (command.Dword11 & contiguous) == 0) return NvmeStatus.InvalidField;
        if (size is < 2 or > NvmeController.MaximumQueueSize) return NvmeStatus.InvalidQueueSize;
        if (command.Data1 % PageLength != 0) return NvmeStatus.PrpOffsetInvalid;
        return controller.AddSubmissionQueue(id, command.Data1, size, completions);
    }

    private NvmeStatus Give(in NvmeCommand command, ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty) return NvmeStatus.Success;
        var status = _transfer.Describe(command, content.Length, toGuest: true);
        if (status != NvmeStatus.Success) return status;
        _transfer.Buffers.CopyFrom(content);
        _transfer.NotifyWritten();
        return NvmeStatus.Success;
    }

    public void Dispose() => _transfer.Dispose();
}
