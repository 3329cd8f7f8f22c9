using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace VirtEngine.Images;

/// <summary>
/// Makes a raw disk with an ext4 file system of a guest's files, by the tools of e2fsprogs: as any user, without loop devices and mounts. All files are
/// root's. Device nodes are left out: the kernel mounts devtmpfs on /dev.
/// </summary>
internal static class Ext4Disk
{
    // Where Debian keeps them; a user's path may lack it.
    private const string SystemPath = "/usr/sbin:/sbin";

    /// <summary>Makes a disk.</summary>
    /// <param name="tree">Its files.</param>
    /// <param name="path">The raw file; it must not be there.</param>
    /// <param name="size">Bytes, a multiple of 4096 in which the files have room.</param>
    /// <param name="cancellation">Stops; there is no disk then.</param>
    /// <exception cref="ImageBuildException">e2fsprogs is missing, or the files have no room.</exception>
    /// <exception cref="IOException">The file is there already, or cannot be written.</exception>
    internal static void Make(InitramfsTree tree, string path, long size, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(size % 4096, 0);
        var work = Directory.CreateTempSubdirectory("virttools-disk-");
        bool made = false;
        try
        {
            var files = new DirectoryTreeWriter(work.CreateSubdirectory("files").FullName);
            tree.WriteTo(files);
            using (var disk = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
            {
                made = true;
                disk.SetLength(size);
            }
            Run("mke2fs", ["-q", "-F", "-t", "ext4", "-L", "root", "-E", "root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0", "-d", files.Root, path], cancellation);
            // mke2fs gives the files to whom they belonged here.
            string script = Path.Combine(work.FullName, "owners");
            File.WriteAllLines(script, files.Paths.SelectMany(entry => (string[])[$"sif \"{entry}\" uid 0", $"sif \"{entry}\" gid 0"]));
            Run("debugfs", ["-w", "-f", script, path], cancellation);
            made = false;
        }
        finally
        {
            work.Delete(recursive: true);
            if (made) File.Delete(path);
        }
    }

    private static void Run(string program, string[] arguments, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var start = new ProcessStartInfo(Find(program), arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new ImageBuildException($"'{program}' cannot be started.");
        process.StandardInput.Close();
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new ImageBuildException(string.Create(CultureInfo.InvariantCulture, $"'{program}' failed with code {process.ExitCode}: {errors.ToString().Trim()}"));
    }

    private static string Find(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:{SystemPath}".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
            ?? throw new ImageBuildException($"A disk with ext4 is made by '{program}', which is not here: install e2fsprogs.");
}
