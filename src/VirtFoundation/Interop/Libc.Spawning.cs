using System.Runtime.InteropServices;

namespace VirtFoundation.Interop;

// Starting programs and waiting for them (spawn.h, sys/wait.h). The runtime's own way of starting processes waits for its children alone; the
// first process of a PID namespace is the parent of all that lost theirs.
internal static unsafe partial class Libc
{
    internal const short POSIX_SPAWN_SETSIGDEF = 4, POSIX_SPAWN_SETSIGMASK = 8, POSIX_SPAWN_SETSID = 0x80;
    internal const int SIGINT = 2, SIGKILL = 9, SIGTERM = 15;
    internal const int ECHILD = 10, ESRCH = 3;
    internal const int FALLOC_FL_KEEP_SIZE = 1, FALLOC_FL_PUNCH_HOLE = 2;
    internal const int SEEK_DATA = 3;
    internal const ulong RESOLVE_IN_ROOT = 0x10;
    internal const nuint MS_NOEXEC = 8;

    /// <summary>Bytes that hold a <c>posix_spawnattr_t</c> or a <c>posix_spawn_file_actions_t</c> of any C library (336 and 80 in glibc).</summary>
    internal const int SpawnObjectSize = 512;

    /// <summary>Bytes of a <c>sigset_t</c>.</summary>
    internal const int SignalSetSize = 128;

    [LibraryImport(Library, EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int PosixSpawnP(out int process, string path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_init")]
    internal static partial int SpawnActionsInit(byte* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_destroy")]
    internal static partial int SpawnActionsDestroy(byte* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_adddup2")]
    internal static partial int SpawnActionsAddDup2(byte* actions, int from, int to);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SpawnActionsAddChdir(byte* actions, string path);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_init")]
    internal static partial int SpawnAttributesInit(byte* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_destroy")]
    internal static partial int SpawnAttributesDestroy(byte* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setflags")]
    internal static partial int SpawnAttributesSetFlags(byte* attributes, short flags);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigmask")]
    internal static partial int SpawnAttributesSetSignalMask(byte* attributes, byte* set);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigdefault")]
    internal static partial int SpawnAttributesSetDefaultSignals(byte* attributes, byte* set);

    [LibraryImport(Library, EntryPoint = "sigfillset")]
    internal static partial int FillSignalSet(byte* set);

    [LibraryImport(Library, EntryPoint = "sigemptyset")]
    internal static partial int EmptySignalSet(byte* set);

    [LibraryImport(Library, EntryPoint = "waitpid", SetLastError = true)]
    internal static partial int WaitPid(int process, out int status, int options);

    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int process, int signal);

    [LibraryImport(Library, EntryPoint = "getpid")]
    internal static partial int GetPid();

    [LibraryImport(Library, EntryPoint = "fallocate", SetLastError = true)]
    internal static partial int Fallocate(SafeHandle file, int mode, long offset, long length);

    [LibraryImport(Library, EntryPoint = "lseek", SetLastError = true)]
    internal static partial long Seek(SafeHandle file, long offset, int whence);
}
