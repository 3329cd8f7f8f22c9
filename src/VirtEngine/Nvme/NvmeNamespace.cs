using System.Buffers.Binary;
using System.Text;
using VirtEngine.Disks;

namespace VirtEngine.Nvme;

/// <summary>A disk as the guest sees it on a controller.</summary>
internal sealed class NvmeNamespace
{
    /// <param name="id">Its number on the controller, from 1.</param>
    /// <param name="name">Its name in the machine.</param>
    /// <param name="machine">The machine's identity: with the name it is the namespace's.</param>
    /// <param name="disk">The disk; it is the caller's.</param>
    internal NvmeNamespace(uint id, string name, Guid machine, IBlockDevice disk)
    {
        Id = id;
        Disk = disk;
        BlockShift = int.Log2(disk.Geometry.LogicalBlockSize);
        Blocks = (ulong)disk.Geometry.Length >> BlockShift;
        Identity = Derive(machine, name);
    }

    internal uint Id { get; }

    internal IBlockDevice Disk { get; }

    /// <summary>log2 of a logical block's bytes.</summary>
    internal int BlockShift { get; }

    /// <summary>Logical blocks.</summary>
    internal ulong Blocks { get; }

    /// <summary>What names it everywhere: the same for the same disk of the same machine.</summary>
    internal Guid Identity { get; }

    /// <summary>Looks for a range.</summary>
    /// <returns>False if it does not lie on the disk.</returns>
    internal bool TryFind(ulong first, ulong count, out long offset, out long length)
    {
        offset = length = 0;
        if (first > Blocks || count > Blocks - first) return false;
        offset = (long)(first << BlockShift);
        length = (long)(count << BlockShift);
        return true;
    }

    // FNV-1a over both, twice: an identity and no secret, and no library of cryptography in every worker for it.
    private static Guid Derive(Guid machine, string name)
    {
        byte[] source = [.. machine.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(name)];
        Span<byte> identity = stackalloc byte[16];
        ulong hash = 0xCBF2_9CE4_8422_2325;
        for (int half = 0; half < 2; half++)
        {
            foreach (byte part in source) hash = (hash ^ part) * 0x100_0000_01B3;
            BinaryPrimitives.WriteUInt64BigEndian(identity[(8 * half)..], hash);
        }
        identity[6] = (byte)(identity[6] & 0x0F | 0x80);        // RFC 9562: version 8, variant 10
        identity[8] = (byte)(identity[8] & 0x3F | 0x80);
        return new Guid(identity, bigEndian: true);
    }
}
