namespace VirtEngine.Nvme;

/// <summary>Offsets of the controller's registers (NVM Express 1.4, 3.1) and bits of them.</summary>
internal static class NvmeRegister
{
    internal const int Capabilities = 0x00, Version = 0x08, InterruptMaskSet = 0x0C, InterruptMaskClear = 0x10, Configuration = 0x14, Status = 0x1C,
        AdminQueueAttributes = 0x24, AdminSubmissionQueue = 0x28, AdminCompletionQueue = 0x30, End = 0x38;

    /// <summary>Where the doorbells begin; each has four bytes.</summary>
    internal const int Doorbells = 0x1000;

    internal const uint Enable = 1, WritableConfiguration = 0x00FF_FFF1;
    internal const uint Ready = 1, Fatal = 2, ShutdownOccurring = 1 << 2, ShutdownComplete = 2 << 2, ShutdownMask = 3 << 2;

    /// <summary>The notification in the configuration that the system shuts down.</summary>
    internal static int ShutdownNotification(uint configuration) => (int)(configuration >> 14 & 3);
}
