namespace VirtEngine.Nvme;

/// <summary>Status codes with their types in bits 8–10 (NVM Express 1.4, 4.6.1).</summary>
internal enum NvmeStatus : ushort
{
    Success = 0x000,
    InvalidOpcode = 0x001,
    InvalidField = 0x002,
    DataTransferError = 0x004,
    InternalError = 0x006,
    AbortRequested = 0x007,
    InvalidNamespace = 0x00B,
    CommandSequence = 0x00C,
    InvalidSglSegment = 0x00D,
    InvalidSglCount = 0x00E,
    DataSglLengthInvalid = 0x00F,
    SglTypeInvalid = 0x011,
    PrpOffsetInvalid = 0x013,
    WriteProtected = 0x020,
    LbaOutOfRange = 0x080,
    CapacityExceeded = 0x081,
    CompletionQueueInvalid = 0x100,
    InvalidQueueIdentifier = 0x101,
    InvalidQueueSize = 0x102,
    AsyncEventLimitExceeded = 0x105,
    InvalidInterruptVector = 0x108,
    InvalidLogPage = 0x109,
    InvalidQueueDeletion = 0x10C,
    FeatureNotSaveable = 0x10D,
    WriteFault = 0x280,
    UnrecoveredReadError = 0x281,
}
