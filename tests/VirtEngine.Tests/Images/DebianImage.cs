using VirtEngine.Images;

namespace VirtEngine.Tests.Images;

/// <summary>The guest made from Debian's packages, built once for all tests.</summary>
public sealed class DebianImage : IDisposable
{
    public DebianImage()
    {
        Root = Directory.CreateTempSubdirectory("virttools-images").FullName;
        Store = new ImageStore(Root);
        Image = new DebianImageBuilder(Store).Build(progress: new Recorder(Progress));
    }

    public string Root { get; }

    public ImageStore Store { get; }

    public ImageRecord Image { get; }

    public List<string> Progress { get; } = [];

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private sealed class Recorder(List<string> list) : IProgress<BuildProgress>
    {
        public void Report(BuildProgress value) => list.Add(value.Activity);
    }
}
