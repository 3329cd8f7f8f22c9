using VirtEngine.Conformance;

namespace VirtEngine.Tests.Software;

public sealed class SoftwareTrapTests : TrapTests<SoftwareBackend>;
