using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using AppLayer.Files;
using AppLayer.Store;
using Microsoft.Win32.SafeHandles;

namespace AppLayer.Tests.Store;

/// <summary>Takes the real steps and lets those fail that are chosen; a write that fails has written half.</summary>
/// <param name="fails">Gets a step's name and its number, from 1 on.</param>
internal class FailingStoreOperations(Func<string, int, bool> fails) : IStoreOperations
{
    private const int ENOSPC = 28;

    private static readonly StoreOperations Real = StoreOperations.Instance;

    /// <summary>Steps taken or tried.</summary>
    internal List<string> Steps { get; } = [];

    internal bool Failed { get; private set; }

    public virtual void CreateDirectory(string path) => Step(() => Real.CreateDirectory(path));

    public virtual FileStream Create(string path) => Step(() => Real.Create(path));

    public virtual void Write(FileStream file, ReadOnlySpan<byte> data)
    {
        Fail(fails(nameof(Write), Steps.Count + 1) ? data[..(data.Length / 2)] : [], half => Real.Write(file, half));
        Real.Write(file, data);
    }

    public virtual void Flush(FileStream file) => Step(() => Real.Flush(file));

    public virtual void Rename(string from, string to) => Step(() => Real.Rename(from, to));

    public virtual void RenameDirectory(string from, string to) => Step(() => Real.RenameDirectory(from, to));

    public virtual void FlushDirectory(string path) => Step(() => Real.FlushDirectory(path));

    public virtual void Delete(string path) => Step(() => Real.Delete(path));

    public virtual void DeleteDirectory(string path) => Step(() => Real.DeleteDirectory(path));

    public virtual void CreateTreeDirectory(string path) => Step(() => Real.CreateTreeDirectory(path));

    public virtual SafeFileHandle CreateContent(string path) => Step(() => Real.CreateContent(path));

    public virtual void WriteContent(SafeFileHandle file, ReadOnlySpan<byte> data, long offset)
    {
        Fail(fails(nameof(WriteContent), Steps.Count + 1) ? data[..(data.Length / 2)] : [], half => Real.WriteContent(file, half, offset), nameof(WriteContent));
        Real.WriteContent(file, data, offset);
    }

    public virtual bool Clone(SafeFileHandle from, SafeFileHandle to) => Step(() => Real.Clone(from, to));

    public virtual bool Link(string from, string to) => Step(() => Real.Link(from, to));

    public virtual bool Adopt(SafeFileHandle file, string to) => Step(() => Real.Adopt(file, to));

    public virtual void CreateSymbolicLink(string path, string target) => Step(() => Real.CreateSymbolicLink(path, target));

    public virtual void CreateWhiteout(string path) => Step(() => Real.CreateWhiteout(path));

    public virtual string? SetMetadata(string path, FileEntry entry) => Step(() => Real.SetMetadata(path, entry));

    public virtual void FlushFileSystem(string directory) => Step(() => Real.FlushFileSystem(directory));

    private void Step(Action step, [CallerMemberName] string name = "")
    {
        Count(name);
        step();
    }

    private T Step<T>(Func<T> step, [CallerMemberName] string name = "")
    {
        Count(name);
        return step();
    }

    private void Fail(ReadOnlySpan<byte> half, Writing write, [CallerMemberName] string name = "")
    {
        if (half.Length > 0) write(half);
        Count(name);
    }

    private void Count(string name)
    {
        Steps.Add(name);
        if (!fails(name, Steps.Count)) return;
        Failed = true;
        Full(name);
    }

    [DoesNotReturn]
    private static void Full(string name) => throw new IOException($"No space left on device ({name})", ENOSPC);

    private delegate void Writing(ReadOnlySpan<byte> data);
}
