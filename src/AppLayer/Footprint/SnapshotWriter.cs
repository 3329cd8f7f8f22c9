using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AppLayer.Files;

namespace AppLayer.Footprint;

/// <summary>Writes a snapshot's file: a signature, a header, records and an end with a digest over all before it.</summary>
internal sealed class SnapshotWriter : IDisposable
{
    internal static readonly byte[] Signature = "VTFOOTP\n"u8.ToArray();

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly MemoryStream _buffer = new();
    private readonly BinaryWriter _writer;
    private readonly Action<ReadOnlySpan<byte>> _write;
    private long _records;

    /// <summary>Begins a file.</summary>
    /// <param name="write">Takes the bytes.</param>
    /// <param name="header">The header.</param>
    internal SnapshotWriter(Action<ReadOnlySpan<byte>> write, SnapshotHeader header)
    {
        _write = write;
        _writer = new(_buffer, Encoding.UTF8);
        _writer.Write(Signature);
        WriteBytes(JsonSerializer.SerializeToUtf8Bytes(header, SnapshotJson.Default.SnapshotHeader));
    }

    internal long Records => _records;

    internal void Write(in SnapshotRecord record)
    {
        const int BlockSize = 1 << 18;
        switch (record.Entry)
        {
            case ObservedFile file:
                Begin(SnapshotTag.File, record.Place);
                Write(file);
                break;
            case ObservedKey key:
                Begin(SnapshotTag.Key, record.Place);
                WriteName(key.Path);
                _writer.Write(key.IsLink);
                _writer.Write(key.Class is not null);
                if (key.Class is not null)
                {
                    WriteName(key.Class);
                }

                break;
            case ObservedValue value:
                Begin(SnapshotTag.Value, record.Place);
                WriteName(value.Key);
                WriteName(value.Name);
                _writer.Write7BitEncodedInt((int)value.Type);
                _writer.Write7BitEncodedInt(value.Length);
                WriteBytes(value.Start);
                WriteDigest(value.Digest);
                break;
        }

        _records++;
        if (_buffer.Length >= BlockSize)
        {
            WriteBlock();
        }
    }

    /// <summary>Writes the end.</summary>
    internal void End()
    {
        _writer.Write((byte)SnapshotTag.End);
        _writer.Write7BitEncodedInt64(_records);
        WriteBlock();
        _write(_hash.GetHashAndReset());
    }

    public void Dispose()
    {
        _writer.Dispose();
        _hash.Dispose();
    }

    private void Begin(SnapshotTag tag, int place)
    {
        _writer.Write((byte)tag);
        _writer.Write7BitEncodedInt(place);
    }

    private void Write(ObservedFile file)
    {
        WriteBytes(file.Path);
        _writer.Write((byte)file.Kind);
        _writer.Write7BitEncodedInt(file.Mode);
        _writer.Write(file.UserId);
        _writer.Write(file.GroupId);
        _writer.Write7BitEncodedInt64((long)file.Attributes);
        _writer.Write(file.Modified);
        _writer.Write(file.Changed);
        _writer.Write7BitEncodedInt64((long)file.Length);
        _writer.Write7BitEncodedInt64((long)file.Inode);
        _writer.Write7BitEncodedInt64(file.Links);
        _writer.Write(file.Target is not null);
        if (file.Target is not null)
        {
            WriteBytes(file.Target);
        }

        _writer.Write7BitEncodedInt(file.ExtendedAttributes.Count);
        foreach (var (name, value) in file.ExtendedAttributes)
        {
            _writer.Write(name);
            WriteDigest(value);
        }

        _writer.Write(file.Content is not null);
        if (file.Content is { } content)
        {
            WriteDigest(content);
        }

        WriteText(file.Unreadable);
    }

    private void WriteText(string? text)
    {
        _writer.Write(text is not null);
        if (text is not null)
        {
            _writer.Write(text);
        }
    }

    private void WriteDigest(ContentDigest digest) => _writer.Write((ReadOnlySpan<byte>)digest);

    private void WriteName(string name) => WriteBytes(MemoryMarshal.AsBytes(name.AsSpan()));

    private void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        _writer.Write7BitEncodedInt(bytes.Length);
        _writer.Write(bytes);
    }

    private void WriteBlock()
    {
        _writer.Flush();
        var block = _buffer.GetBuffer().AsSpan(0, (int)_buffer.Length);
        _hash.AppendData(block);
        _write(block);
        _buffer.SetLength(0);
    }
}
