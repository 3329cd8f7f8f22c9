using System.ComponentModel;
using System.Diagnostics;

namespace HardwareLab;

/// <summary>A program in C++ among <c>Peers</c>, compiled on the host.</summary>
public static class NativeProgram
{
    private static readonly Lock Compiling = new();

    /// <summary>Compiles it, unless that was done since it was changed.</summary>
    /// <param name="name">Its file's name without <c>.cpp</c>.</param>
    /// <returns>The path of the executable, which is static: it starts at once in the lab.</returns>
    /// <exception cref="LabException">There is no compiler, or it refuses the source.</exception>
    public static string Get(string name)
    {
        string source = Path.Combine(AppContext.BaseDirectory, "Peers", name + ".cpp"), executable = Path.ChangeExtension(source, null);
        lock (Compiling)
        {
            var changed = Directory.GetFiles(Path.GetDirectoryName(source)!, "*.h").Append(source).Max(File.GetLastWriteTimeUtc);
            if (File.Exists(executable) && File.GetLastWriteTimeUtc(executable) >= changed) return executable;
            string made = $"{executable}.{Environment.ProcessId}";
            try
            {
                using var compiler = Process.Start(new ProcessStartInfo("g++", ["-O2", "-static", "-Wall", "-Wextra", "-Werror", "-o", made, source]) { RedirectStandardError = true })!;
                string messages = compiler.StandardError.ReadToEnd();
                compiler.WaitForExit();
                if (compiler.ExitCode != 0) throw new LabException($"g++ refuses {source}:\n{messages}");
            }
            catch (Win32Exception e)
            {
                throw new LabException($"{source} needs g++, which cannot be started.", e);
            }

            File.Move(made, executable, overwrite: true);
            return executable;
        }
    }
}
