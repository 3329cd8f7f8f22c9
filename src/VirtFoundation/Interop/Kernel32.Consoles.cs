using System.Runtime.InteropServices;

namespace VirtFoundation.Interop;

internal static unsafe partial class Kernel32
{
    internal const int STD_INPUT_HANDLE = -10, STD_OUTPUT_HANDLE = -11;
    internal const uint ENABLE_PROCESSED_OUTPUT = 1, ENABLE_VIRTUAL_TERMINAL_PROCESSING = 4, DISABLE_NEWLINE_AUTO_RETURN = 8;
    internal const uint ENABLE_VIRTUAL_TERMINAL_INPUT = 0x200, CP_UTF8 = 65001;
    internal const uint INFINITE = 0xFFFF_FFFF;
    internal const ushort KEY_EVENT = 1;

    [LibraryImport(Library, EntryPoint = "GetStdHandle", SetLastError = true)]
    internal static partial nint GetStdHandle(int which);

    [LibraryImport(Library, EntryPoint = "GetConsoleMode", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool GetConsoleMode(nint console, out uint mode);

    [LibraryImport(Library, EntryPoint = "SetConsoleMode", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool SetConsoleMode(nint console, uint mode);

    [LibraryImport(Library, EntryPoint = "GetConsoleOutputCP", SetLastError = true)]
    internal static partial uint GetConsoleOutputCodePage();

    [LibraryImport(Library, EntryPoint = "SetConsoleOutputCP", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool SetConsoleOutputCodePage(uint page);

    [LibraryImport(Library, EntryPoint = "ReadConsoleInputW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool ReadConsoleInput(nint console, InputRecord* records, uint count, out uint read);

    [LibraryImport(Library, EntryPoint = "WriteFile", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool WriteFile(nint file, byte* data, uint count, out uint written, nint overlapped);

    [LibraryImport(Library, EntryPoint = "WaitForMultipleObjects", SetLastError = true)]
    internal static partial uint WaitForMultipleObjects(uint count, nint* handles, [MarshalAs(UnmanagedType.Bool)] bool all, uint milliseconds);

    /// <summary><c>INPUT_RECORD</c> with its <c>KEY_EVENT_RECORD</c>: 20 bytes (wincontypes.h).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 20)]
    internal struct InputRecord
    {
        [FieldOffset(0)]
        internal ushort EventType;

        [FieldOffset(4)]
        internal int KeyDown;

        [FieldOffset(8)]
        internal ushort RepeatCount;

        [FieldOffset(14)]
        internal ushort Character;
    }
}
