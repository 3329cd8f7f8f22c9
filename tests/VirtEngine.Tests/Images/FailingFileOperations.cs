using VirtEngine.Images;

namespace VirtEngine.Tests.Images;

/// <summary>Lets the n-th step fail: with an error, or as if the process were killed there, when no later step happens either.</summary>
internal sealed class FailingFileOperations(int failAt, bool killed) : IFileOperations
{
    private readonly FileOperations real = new();

    /// <summary>Steps taken or tried.</summary>
    internal int Steps { get; private set; }

    internal bool Failed { get; private set; }

    public void CreateDirectory(string path)
    {
        Step();
        real.CreateDirectory(path);
    }

    public Stream CreateFile(string path)
    {
        Step();
        return real.CreateFile(path);
    }

    public void Write(Stream file, ReadOnlySpan<byte> bytes)
    {
        // A full disk takes a part of what is written.
        if (Steps + 1 == failAt) real.Write(file, bytes[..(bytes.Length / 2)]);
        Step();
        real.Write(file, bytes);
    }

    public void Flush(Stream file)
    {
        Step();
        real.Flush(file);
    }

    public void FlushDirectory(string path)
    {
        Step();
        real.FlushDirectory(path);
    }

    public void Rename(string from, string to)
    {
        Step();
        real.Rename(from, to);
    }

    public void DeleteDirectory(string path)
    {
        Step();
        real.DeleteDirectory(path);
    }

    private void Step()
    {
        Steps++;
        if (Steps != failAt && !(killed && Steps > failAt)) return;
        Failed = true;
        throw new IOException("No space left on device");
    }
}
