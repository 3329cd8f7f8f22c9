using AppLayer.Registry;
using AppLayer.Registry.Hive;

namespace AppLayer.Tests.Registry.Hive;

/// <summary>A hive in a file, for as long as a test uses it.</summary>
internal sealed class HiveOnDisk : IDisposable
{
    internal HiveOnDisk(RegistryKey root)
    {
        using var file = File.Create(Path);
        HiveFile.Write(root, file);
    }

    internal string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"hive-{Guid.NewGuid():n}");

    internal RegistryKey Read() => HiveFile.Read(File.ReadAllBytes(Path));

    public void Dispose() => File.Delete(Path);
}
