using System.Diagnostics;
using System.IO.MemoryMappedFiles;

namespace VirtEngine.Tests.Software.Native;

/// <summary>The process that executes instructions on the real processor, compiled from source when it is first needed.</summary>
internal sealed unsafe class NativeRunner : IDisposable
{
    /// <summary>Cases per exchange with the process.</summary>
    internal const int Capacity = 512;

    private readonly string path;
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private readonly Process process;
    private readonly Stream requests;
    private readonly Stream replies;

    private NativeRunner(string executable)
    {
        path = Path.Combine(Path.GetTempPath(), $"virttools-native-{Guid.NewGuid():n}");
        long size = (long)sizeof(NativeSlot) * Capacity;
        file = MemoryMappedFile.CreateFromFile(path, FileMode.CreateNew, null, size);
        view = file.CreateViewAccessor();
        byte* pointer = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        Slots = (NativeSlot*)pointer;
        process = Process.Start(new ProcessStartInfo(executable, [path, $"{Capacity}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        requests = process.StandardInput.BaseStream;
        replies = process.StandardOutput.BaseStream;
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
        requests.Write(BitConverter.GetBytes(count));
        requests.Flush();
        Span<byte> reply = stackalloc byte[4];
        try
        {
            replies.ReadExactly(reply);
        }
        catch (EndOfStreamException)
        {
            process.WaitForExit();
            throw new InvalidOperationException($"The native runner ended with code {process.ExitCode} among {count} cases.");
        }
    }

    public void Dispose()
    {
        requests.Dispose();
        if (!process.WaitForExit(5000)) process.Kill();
        process.Dispose();
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file.Dispose();
        File.Delete(path);
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
