using VirtSpecs;

namespace VirtBenchmarks.Figures.Kvm;

/// <summary>By NVMe.</summary>
internal sealed class NvmeLoadFigure() : DiskLoadFigure(DiskBus.Nvme, "/dev/nvme0n1");
