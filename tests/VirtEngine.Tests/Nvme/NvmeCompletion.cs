using VirtEngine.Nvme;

namespace VirtEngine.Tests.Nvme;

/// <summary>A completion queue entry as a driver reads it.</summary>
internal readonly record struct NvmeCompletion(uint Result, int SubmissionHead, int SubmissionQueue, ushort Command, ushort Code)
{
    internal NvmeStatus Status => (NvmeStatus)(Code & 0x7FF);
}
