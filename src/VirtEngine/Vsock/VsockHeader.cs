using System.Buffers.Binary;

namespace VirtEngine.Vsock;

/// <summary>struct virtio_vsock_hdr (virtio 1.2, 5.10.6): 44 bytes before each packet's content.</summary>
/// <param name="SourceCid">Who sends.</param>
/// <param name="DestinationCid">Who shall get it.</param>
/// <param name="SourcePort">The sender's port.</param>
/// <param name="DestinationPort">The receiver's port.</param>
/// <param name="Length">Bytes of content.</param>
/// <param name="Type">The kind of socket: 1 for streams.</param>
/// <param name="Operation">What the packet says.</param>
/// <param name="Flags">More of it.</param>
/// <param name="Allocation">Bytes that the sender buffers of what comes to it.</param>
/// <param name="Forwarded">Bytes of these that have left its buffer since the connection began, modulo 2^32.</param>
internal readonly record struct VsockHeader(
    ulong SourceCid, ulong DestinationCid, uint SourcePort, uint DestinationPort, uint Length, ushort Type, VsockOperation Operation,
    uint Flags, uint Allocation, uint Forwarded)
{
    /// <summary>Bytes of a header.</summary>
    internal const int Size = 44;

    /// <summary>VIRTIO_VSOCK_TYPE_STREAM.</summary>
    internal const ushort Stream = 1;

    /// <summary>VIRTIO_VSOCK_SHUTDOWN_RCV: the sender takes no more.</summary>
    internal const uint TakesNoMore = 1;

    /// <summary>VIRTIO_VSOCK_SHUTDOWN_SEND: the sender sends no more.</summary>
    internal const uint SendsNoMore = 2;

    internal static VsockHeader Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[28..]),
        (VsockOperation)BinaryPrimitives.ReadUInt16LittleEndian(bytes[30..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[36..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[40..]));

    internal void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, SourceCid);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], DestinationCid);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], SourcePort);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], DestinationPort);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], Length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[28..], Type);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[30..], (ushort)Operation);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[32..], Flags);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[36..], Allocation);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[40..], Forwarded);
    }
}
