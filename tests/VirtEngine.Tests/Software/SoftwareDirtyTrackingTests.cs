using VirtEngine.Conformance;

namespace VirtEngine.Tests.Software;

public sealed class SoftwareDirtyTrackingTests : DirtyTrackingTests<SoftwareBackend>;
