using VirtEngine.Conformance;

namespace VirtEngine.Tests.Software;

public sealed class SoftwareCancelTests : CancelTests<SoftwareBackend>;
