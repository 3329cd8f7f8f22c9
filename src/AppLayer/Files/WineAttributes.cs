using System.Globalization;
using System.Text;

namespace AppLayer.Files;

/// <summary>
/// Where Wine keeps Windows' attributes of a file (dlls/ntdll/unix/file.c: get_file_info, fd_set_dos_attrib): hidden and system in the
/// extended attribute that Samba 3 uses, read-only in the mode, and a name with a dot in front is hidden. Wine 9 and later let the extended
/// attribute say otherwise; so does this.
/// </summary>
internal static class WineAttributes
{
    internal const string Name = "user.DOSATTRIB";

    private const FileAttributes Kept = FileAttributes.Hidden | FileAttributes.System;
    private const int WriteBits = 0x92; // 0222

    /// <summary>Reads the extended attribute.</summary>
    /// <returns>False if it is not in the form that Wine understands; it is an attribute like others then.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> value, out FileAttributes attributes)
    {
        attributes = default;
        if (value.Length is < 3 or > 10 || !value.StartsWith("0x"u8)
            || !uint.TryParse(value[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits))
        {
            return false;
        }

        attributes = (FileAttributes)bits & Kept;
        return true;
    }

    /// <summary>A file's attributes.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="mode">Its mode.</param>
    /// <param name="recorded">What the extended attribute says, or null without one.</param>
    internal static FileAttributes Of(ReadOnlySpan<char> name, int mode, FileAttributes? recorded) =>
        (recorded ?? (IsHidden(name) ? FileAttributes.Hidden : 0)) | ((mode & WriteBits) == 0 ? FileAttributes.ReadOnly : 0);

    /// <summary>The extended attribute that a file needs.</summary>
    /// <returns>Null if Wine shows the attributes without.</returns>
    internal static byte[]? Value(ReadOnlySpan<char> name, FileAttributes attributes)
    {
        attributes &= Kept;
        return attributes == (IsHidden(name) ? FileAttributes.Hidden : 0)
            ? null
            : Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"0x{(uint)attributes:x}"));
    }

    private static bool IsHidden(ReadOnlySpan<char> name) => name.StartsWith('.') && name is not ("." or "..");
}
