using System.Runtime.InteropServices;

namespace VirtFoundation.Interop;

/// <summary>The Windows base API, under its own names.</summary>
internal static unsafe partial class Kernel32
{
    private const string Library = "kernel32";

    internal const uint PAGE_READWRITE = 4, PAGE_EXECUTE_READWRITE = 0x40;
    internal const uint FILE_MAP_WRITE = 2, FILE_MAP_READ = 4, FILE_MAP_EXECUTE = 0x20;

    [LibraryImport(Library, EntryPoint = "CreateFileMappingW", SetLastError = true)]
    internal static partial nint CreateFileMapping(nint file, nint attributes, uint protection, uint sizeHigh, uint sizeLow, nint name);

    [LibraryImport(Library, EntryPoint = "MapViewOfFile", SetLastError = true)]
    internal static partial nint MapViewOfFile(nint mapping, uint access, uint offsetHigh, uint offsetLow, nuint bytes);

    [LibraryImport(Library, EntryPoint = "UnmapViewOfFile", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool UnmapViewOfFile(nint address);

    [LibraryImport(Library, EntryPoint = "CloseHandle", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool CloseHandle(nint handle);
}
