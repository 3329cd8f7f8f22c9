using VirtFoundation.Store;

namespace VirtTools.Tests;

/// <summary>Takes the real steps and lets those fail that are chosen; a write that fails has written half.</summary>
/// <param name="fails">Gets a step's name and its number, from 1 on.</param>
internal class FailingFileOperations(Func<string, int, bool> fails) : IFileOperations
{
    /// <summary>Steps taken or tried.</summary>
    internal List<string> Steps { get; } = [];

    internal bool Failed { get; private set; }

    public virtual void CreateDirectory(string path)
    {
        Step(nameof(CreateDirectory));
        FileOperations.Instance.CreateDirectory(path);
    }

    public virtual FileStream Create(string path)
    {
        Step(nameof(Create));
        return FileOperations.Instance.Create(path);
    }

    public virtual void Write(FileStream file, ReadOnlySpan<byte> data)
    {
        if (fails(nameof(Write), Steps.Count + 1)) FileOperations.Instance.Write(file, data[..(data.Length / 2)]);
        Step(nameof(Write));
        FileOperations.Instance.Write(file, data);
    }

    public virtual void Flush(FileStream file)
    {
        Step(nameof(Flush));
        FileOperations.Instance.Flush(file);
    }

    public virtual void Rename(string from, string to)
    {
        Step(nameof(Rename));
        FileOperations.Instance.Rename(from, to);
    }

    public virtual void RenameDirectory(string from, string to)
    {
        Step(nameof(RenameDirectory));
        FileOperations.Instance.RenameDirectory(from, to);
    }

    public virtual void FlushDirectory(string path)
    {
        Step(nameof(FlushDirectory));
        FileOperations.Instance.FlushDirectory(path);
    }

    public virtual void Delete(string path)
    {
        Step(nameof(Delete));
        FileOperations.Instance.Delete(path);
    }

    public virtual void DeleteDirectory(string path)
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
