using System.Globalization;
using System.Text;

namespace VirtEngine.Images;

/// <summary>
/// Writes a cpio archive in the "newc" format that Linux unpacks as its initial RAM file system (Documentation/driver-api/early-userspace/
/// buffer-format.rst). Owner is root and every time is zero, so that the same entries give the same bytes.
/// </summary>
internal sealed class CpioWriter(Stream output) : ITreeWriter
{
    private const int TypeDirectory = 0x4000, TypeFile = 0x8000, TypeLink = 0xA000, TypeCharacterDevice = 0x2000;
    private uint _inode;
    private long _position;

    public void AddDirectory(string path, int mode) => Add(path, TypeDirectory | mode, [], links: 2);

    public void AddFile(string path, int mode, ReadOnlySpan<byte> content) => Add(path, TypeFile | mode, content);

    public void AddLink(string path, string target) => Add(path, TypeLink | 0x1FF, Encoding.UTF8.GetBytes(target));

    public void AddCharacterDevice(string path, int mode, uint major, uint minor) => Add(path, TypeCharacterDevice | mode, [], major: major, minor: minor);

    /// <summary>Writes the entry that ends an archive.</summary>
    internal void Finish() => WriteEntry("TRAILER!!!", 0, [], 0, 1, 0, 0);

    private void Add(string path, int mode, ReadOnlySpan<byte> content, uint links = 1, uint major = 0, uint minor = 0) =>
        WriteEntry(path, mode, content, ++_inode, links, major, minor);

    private void WriteEntry(string path, int mode, ReadOnlySpan<byte> content, uint number, uint links, uint major, uint minor)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + '\0');
        var header = new StringBuilder("070701", 110);
        foreach (uint field in (uint[])[number, (uint)mode, 0, 0, links, 0, (uint)content.Length, 0, 0, major, minor, (uint)name.Length, 0])
            header.Append(field.ToString("X8", CultureInfo.InvariantCulture));
        Write(Encoding.ASCII.GetBytes(header.ToString()));
        Write(name);
        Pad();
        Write(content);
        Pad();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        _position += bytes.Length;
    }

    private void Pad()
    {
        int rest = (int)(-_position & 3);
        if (rest > 0) Write(stackalloc byte[rest]);
    }
}
