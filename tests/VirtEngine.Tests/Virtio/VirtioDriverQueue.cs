using System.Buffers.Binary;

namespace VirtEngine.Tests.Virtio;

/// <summary>The driver's side of a split virtqueue.</summary>
internal sealed class VirtioDriverQueue
{
    internal const int Size = 16;

    private readonly VirtioDriver _driver;
    private readonly int _index;
    private ushort _nextDescriptor, _available, _seen;

    internal VirtioDriverQueue(VirtioDriver driver, int index, ulong area)
    {
        _driver = driver;
        _index = index;
        (Descriptors, Available, Used, Buffers) = (area, area + 0x1000, area + 0x2000, area + 0x3000);
        driver.SetCommon(0x16, 2, (ulong)index);
        driver.SetCommon(0x18, 2, Size);
        driver.SetCommon(0x1A, 2, (ulong)index + 1);
        driver.SetCommon(0x20, 4, Descriptors);
        driver.SetCommon(0x24, 4, 0);
        driver.SetCommon(0x28, 8, Available);
        driver.SetCommon(0x30, 8, Used);
        driver.SetCommon(0x1C, 2, 1);
    }

    internal ulong Descriptors { get; }

    internal ulong Available { get; }

    internal ulong Used { get; }

    /// <summary>Room for buffers: 20 KiB.</summary>
    internal ulong Buffers { get; }

    internal void SetDescriptor(int number, ulong address, uint length, ushort flags, ushort next = 0)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, address);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[12..], flags);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[14..], next);
        _driver.Memory.Write(Descriptors + 16 * (ulong)number, bytes);
    }

    /// <summary>Makes a descriptor available and notifies.</summary>
    internal void Offer(ushort head)
    {
        _driver.Write16(Available + 4 + 2 * (ulong)(_available % Size), head);
        _driver.Write16(Available + 2, ++_available);
        _driver.Notify(_index);
    }

    /// <summary>Sends bytes in one buffer.</summary>
    internal void Send(ReadOnlySpan<byte> data)
    {
        ushort number = (ushort)(_nextDescriptor++ % Size);
        ulong at = Buffers + number * 1024ul;
        _driver.Memory.Write(at, data);
        SetDescriptor(number, at, (uint)data.Length, 0);
        Offer(number);
    }

    /// <summary>Gives a buffer to receive into.</summary>
    internal void Give(int length = 1024)
    {
        ushort number = (ushort)(_nextDescriptor++ % Size);
        SetDescriptor(number, Buffers + number * 1024ul, (uint)length, 2);
        Offer(number);
    }

    /// <summary>Takes the next used buffer's content.</summary>
    internal byte[]? TakeUsed()
    {
        if (_driver.Read16(Used + 2) == _seen) return null;
        ulong entry = Used + 4 + 8 * (ulong)(_seen++ % Size);
        uint head = _driver.Read32(entry), length = _driver.Read32(entry + 4);
        byte[] data = new byte[length];
        Assert.True(_driver.Memory.TryRead(Buffers + head * 1024ul, data));
        return data;
    }
}
