using System.Diagnostics;
using System.IO.MemoryMappedFiles;

namespace VirtEngine.Tests.Software.Native;

/// <summary>The process that executes instructions on the real processor, compiled from source when it is first needed.</summary>
internal sealed unsafe class NativeRunner : IDisposable
{
    /// <summary>Cases per exchange with the process.</summary>
    internal const int Capacity = 512;

    private readonly string _path;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Process _process;
    private readonly Stream _requests;
    private readonly Stream _replies;

    private NativeRunner(string executable)
    {
        _path = Path.Combine(Path.GetTempPath(), $"virttools-native-{Guid.NewGuid():n}");
        long size = (long)sizeof(NativeSlot) * Capacity;
        _file = MemoryMappedFile.CreateFromFile(_path, FileMode.CreateNew, null, size);
        _view = _file.CreateViewAccessor();
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        Slots = (NativeSlot*)pointer;
        _process = Process.Start(new ProcessStartInfo(executable, [_path, $"{Capacity}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        _requests = _process.StandardInput.BaseStream;
        _replies = _process.StandardOutput.BaseStream;
    }

    /// <summary>Why there is no runner here; null if there is one.</summary>
    internal static string? Unavailable => Build.Value.Problem;

    /// <summary>Whether the runner can make FS's base 0 (the kernel hides the flag where user code may not).</summary>
    internal static bool CanSetFsBase => File.ReadAllText("/proc/cpuinfo").Contains(" fsgsbase", StringComparison.Ordinal);

    /// <summary>The <see cref="Capacity"/> slots to fill before <see cref="Run"/> and to read after it.</summary>
    internal NativeSlot* Slots { get; }

    internal static NativeRunner Start() =>
        Build.Value.Problem is { } problem ? throw new InvalidOperationException(problem) : new NativeRunner(Build.Value.Executable);

    /// <summary>Executes the first <paramref name="count"/> slots.</summary>
    internal void Run(int count)
    {
        _requests.Write(BitConverter.GetBytes(count));
        _requests.Flush();
        Span<byte> reply = stackalloc byte[4];
        try
        {
            _replies.ReadExactly(reply);
        }
        catch (EndOfStreamException)
        {
            _process.WaitForExit();
            throw new InvalidOperationException($"The native runner ended with code {_process.ExitCode} among {count} cases.");
        }
    }

    public void Dispose()
    {
        _requests.Dispose();
        if (!_process.WaitForExit(5000)) _process.Kill();
        _process.Dispose();
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
        File.Delete(_path);
    }

    private static readonly Lazy<(string Executable, string? Problem)> Build = new(() =>
    {
        if (!OperatingSystem.IsLinux()) return ("", "the native runner needs Linux");
        if (System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture != System.Runtime.InteropServices.Architecture.X64)
            return ("", "the native runner needs an x64 processor");
        string source = Path.Combine(AppContext.BaseDirectory, "NativeRunner", "runner.cpp");
        string executable = Path.Combine(AppContext.BaseDirectory, "NativeRunner", "runner");
        if (File.Exists(executable) && File.GetLastWriteTimeUtc(executable) >= File.GetLastWriteTimeUtc(source)) return (executable, null);
        try
        {
            using var compiler = Process.Start(new ProcessStartInfo("g++",
                ["-O2", "-Wall", "-Wextra", "-Werror", "-fcf-protection=none", "-o", executable + ".new", source])
            {
                RedirectStandardError = true,
            })!;
            string messages = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            if (compiler.ExitCode != 0) throw new InvalidOperationException($"g++ cannot compile {source}:\n{messages}");
            File.Move(executable + ".new", executable, overwrite: true);
            return (executable, null);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return ("", "g++ is not installed");
        }
    });
}
