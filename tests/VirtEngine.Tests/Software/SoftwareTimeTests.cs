using VirtEngine.Conformance;

namespace VirtEngine.Tests.Software;

public sealed class SoftwareTimeTests : TimeTests<SoftwareBackend>;
