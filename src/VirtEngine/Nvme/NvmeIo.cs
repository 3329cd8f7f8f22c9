namespace VirtEngine.Nvme;

/// <summary>Opcodes of I/O queues (NVM Express 1.4, 6).</summary>
internal enum NvmeIo : byte
{
    Flush = 0x00,
    Write = 0x01,
    Read = 0x02,
    WriteZeroes = 0x08,
    DatasetManagement = 0x09,
}
