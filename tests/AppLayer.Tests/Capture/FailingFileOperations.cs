using VirtFoundation.Store;

namespace AppLayer.Tests.Capture;

/// <summary>Takes the real steps and lets those fail that are chosen; a write that fails has written half.</summary>
/// <param name="fails">Gets a step's name and its number, from 1 on.</param>
internal sealed class FailingFileOperations(Func<string, int, bool> fails) : IFileOperations
{
    /// <summary>Steps taken or tried.</summary>
    internal List<string> Steps { get; } = [];

    internal bool Failed { get; private set; }

    public void CreateDirectory(string path)
    {
        Step(nameof(CreateDirectory));
        FileOperations.Instance.CreateDirectory(path);
    }

    public FileStream Create(string path)
    {
        Step(nameof(Create));
        return FileOperations.Instance.Create(path);
    }

    public void Write(FileStream file, ReadOnlySpan<byte> data)
    {
        if (fails(nameof(Write), Steps.Count + 1)) FileOperations.Instance.Write(file, data[..(data.Length / 2)]);
        Step(nameof(Write));
        FileOperations.Instance.Write(file, data);
    }

    public void Flush(FileStream file)
    {
        Step(nameof(Flush));
        FileOperations.Instance.Flush(file);
    }

    public void Rename(string from, string to)
    {
        Step(nameof(Rename));
        FileOperations.Instance.Rename(from, to);
    }

    public void RenameDirectory(string from, string to)
    {
        Step(nameof(RenameDirectory));
        FileOperations.Instance.RenameDirectory(from, to);
    }

    public void FlushDirectory(string path)
    {
        Step(nameof(FlushDirectory));
        FileOperations.Instance.FlushDirectory(path);
    }

    public void Delete(string path)
    {
        Step(nameof(Delete));
        FileOperations.Instance.Delete(path);
    }

    public void DeleteDirectory(string path)
    {
        Step(nameof(DeleteDirectory));
        FileOperations.Instance.DeleteDirectory(path);
    }

    private void Step(string name)
    {
        Steps.Add(name);
        if (!fails(name, Steps.Count)) return;
        Failed = true;
        throw new IOException($"No space left on device ({name})");
    }
}
