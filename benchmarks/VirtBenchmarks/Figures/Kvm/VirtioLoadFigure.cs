using VirtSpecs;

namespace VirtBenchmarks.Figures.Kvm;

/// <summary>By virtio-blk.</summary>
internal sealed class VirtioLoadFigure() : DiskLoadFigure(DiskBus.Virtio, "/dev/vda");
