using VirtEngine.Conformance;

namespace VirtEngine.Tests.Software;

public sealed class SoftwareStateTests : StateTests<SoftwareBackend>;
