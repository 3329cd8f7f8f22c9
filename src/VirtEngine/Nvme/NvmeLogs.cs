using System.Buffers.Binary;

namespace VirtEngine.Nvme;

/// <summary>The log pages: errors, health, firmware (NVM Express 1.4, 5.14.1). The controller's lock is held around every call.</summary>
internal sealed class NvmeLogs
{
    /// <summary>Errors that are kept.</summary>
    internal const int ErrorEntries = 16;

    private const int ErrorSize = 64, HealthSize = 512, FirmwareSize = 512;
    private const ushort Temperature = 303;     // kelvin

    private readonly byte[] _errors = new byte[ErrorEntries * ErrorSize];
    private ulong _errorCount, _mediaErrors, _bytesRead, _bytesWritten, _reads, _writes;

    /// <summary>Keeps a command that failed.</summary>
    internal void AddError(int queue, in NvmeCommand command, ushort status, ulong block)
    {
        _errors.AsSpan(0, _errors.Length - ErrorSize).CopyTo(_errors.AsSpan(ErrorSize));
        var entry = _errors.AsSpan(0, ErrorSize);
        entry.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(entry, ++_errorCount);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[8..], (ushort)queue);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[10..], command.Id);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[12..], (ushort)(status << 1));
        BinaryPrimitives.WriteUInt16LittleEndian(entry[14..], 0xFFFF);      // which field it was is not said
        BinaryPrimitives.WriteUInt64LittleEndian(entry[16..], block);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[24..], command.Namespace);
        if ((status >> 8 & 7) == 2) _mediaErrors++;
    }

    /// <summary>Counts a command that was done.</summary>
    internal void Count(NvmeIo operation, long bytes)
    {
        if (operation == NvmeIo.Read) { _reads++; _bytesRead += (ulong)bytes; }
        else if (operation == NvmeIo.Write) { _writes++; _bytesWritten += (ulong)bytes; }
    }

    /// <summary>Makes a page.</summary>
    /// <param name="id">Its identifier.</param>
    /// <param name="page">4096 zeroes.</param>
    /// <returns>Its bytes, or 0 if there is no such page.</returns>
    internal int Make(byte id, Span<byte> page)
    {
        switch (id)
        {
            case 1:
                _errors.CopyTo(page);
                return _errors.Length;
            case 2:
                MakeHealth(page);
                return HealthSize;
            case 3:
                page[0] = 1;        // slot 1 is active
                NvmeIdentify.FirmwareRevision.CopyTo(page[8..]);
                return FirmwareSize;
            default:
                return 0;
        }
    }

    private void MakeHealth(Span<byte> page)
    {
        const ulong unit = 512_000;
        BinaryPrimitives.WriteUInt16LittleEndian(page[1..], Temperature);
        page[3] = 100;      // spare
        page[4] = 10;       // its threshold
        BinaryPrimitives.WriteUInt64LittleEndian(page[32..], (_bytesRead + unit - 1) / unit);
        BinaryPrimitives.WriteUInt64LittleEndian(page[48..], (_bytesWritten + unit - 1) / unit);
        BinaryPrimitives.WriteUInt64LittleEndian(page[64..], _reads);
        BinaryPrimitives.WriteUInt64LittleEndian(page[80..], _writes);
        BinaryPrimitives.WriteUInt64LittleEndian(page[160..], _mediaErrors);
        BinaryPrimitives.WriteUInt64LittleEndian(page[176..], _errorCount);
    }

    internal void Save(BinaryWriter writer)
    {
        writer.Write(_errors); writer.Write(_errorCount); writer.Write(_mediaErrors);
        writer.Write(_bytesRead); writer.Write(_bytesWritten); writer.Write(_reads); writer.Write(_writes);
    }

    internal void Load(BinaryReader reader)
    {
        reader.ReadExactly(_errors);
        _errorCount = reader.ReadUInt64(); _mediaErrors = reader.ReadUInt64();
        _bytesRead = reader.ReadUInt64(); _bytesWritten = reader.ReadUInt64(); _reads = reader.ReadUInt64(); _writes = reader.ReadUInt64();
    }
}
