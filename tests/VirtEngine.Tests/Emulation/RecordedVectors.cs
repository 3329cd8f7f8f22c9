using VirtEngine.Hypervisors.Emulation;

namespace VirtEngine.Tests.Emulation;

/// <summary>Vector registers that count how often they are asked for.</summary>
internal sealed class RecordedVectors : IVectorState
{
    internal byte[] Image { get; } = new byte[512];

    internal int Loads { get; private set; }

    internal int Stores { get; private set; }

    public void Load(Span<byte> image)
    {
        Loads++;
        Image.CopyTo(image);
    }

    public void Store(ReadOnlySpan<byte> image)
    {
        Stores++;
        image.CopyTo(Image);
    }
}
