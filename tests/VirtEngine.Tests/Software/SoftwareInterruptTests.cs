using VirtEngine.Conformance;

namespace VirtEngine.Tests.Software;

public sealed class SoftwareInterruptTests : InterruptTests<SoftwareBackend>;
