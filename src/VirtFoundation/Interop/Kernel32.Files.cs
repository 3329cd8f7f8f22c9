using System.Runtime.InteropServices;

namespace VirtFoundation.Interop;

internal static unsafe partial class Kernel32
{
    [LibraryImport(Library, EntryPoint = "CreateHardLinkW", StringMarshalling = StringMarshalling.Utf16, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool CreateHardLink(string path, string existing, nint security);

    [LibraryImport(Library, EntryPoint = "GetFileInformationByHandle", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool GetFileInformationByHandle(SafeHandle file, out FileInformation information);

    /// <summary><c>BY_HANDLE_FILE_INFORMATION</c>: 52 bytes.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 52)]
    internal struct FileInformation
    {
        [FieldOffset(40)]
        internal uint NumberOfLinks;
    }
}
