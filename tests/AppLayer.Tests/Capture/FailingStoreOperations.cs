using AppLayer.Files;
using AppLayer.Store;
using Microsoft.Win32.SafeHandles;
using VirtTools.Tests;

namespace AppLayer.Tests.Capture;

/// <summary>Lets chosen steps of captures and commits fail.</summary>
internal sealed class FailingStoreOperations(Func<string, int, bool> fails) : FailingFileOperations(fails), IStoreOperations
{
    private readonly Func<string, int, bool> _fails = fails;
    private bool _failed;

    internal new bool Failed => base.Failed || _failed;

    public void CreateTreeDirectory(string path)
    {
        Step(nameof(CreateTreeDirectory));
        StoreOperations.Instance.CreateTreeDirectory(path);
    }

    public SafeFileHandle CreateContent(string path)
    {
        Step(nameof(CreateContent));
        return StoreOperations.Instance.CreateContent(path);
    }

    public void WriteContent(SafeFileHandle file, ReadOnlySpan<byte> data, long offset)
    {
        Step(nameof(WriteContent));
        StoreOperations.Instance.WriteContent(file, data, offset);
    }

    public bool Clone(SafeFileHandle from, SafeFileHandle to) => StoreOperations.Instance.Clone(from, to);

    public bool Link(string from, string to)
    {
        Step(nameof(Link));
        return StoreOperations.Instance.Link(from, to);
    }

    public bool Adopt(SafeFileHandle file, string to)
    {
        Step(nameof(Adopt));
        return StoreOperations.Instance.Adopt(file, to);
    }

    public void CreateSymbolicLink(string path, string target)
    {
        Step(nameof(CreateSymbolicLink));
        StoreOperations.Instance.CreateSymbolicLink(path, target);
    }

    public void CreateWhiteout(string path)
    {
        Step(nameof(CreateWhiteout));
        StoreOperations.Instance.CreateWhiteout(path);
    }

    public string? SetMetadata(string path, FileEntry entry)
    {
        Step(nameof(SetMetadata));
        return StoreOperations.Instance.SetMetadata(path, entry);
    }

    public void FlushFileSystem(string directory)
    {
        Step(nameof(FlushFileSystem));
        StoreOperations.Instance.FlushFileSystem(directory);
    }

    private void Step(string name)
    {
        Steps.Add(name);
        if (_fails(name, Steps.Count))
        {
            _failed = true;
            throw new IOException($"No space left on device ({name})");
        }
    }
}
