using VirtEngine.Conformance;

namespace VirtEngine.Tests.Software;

public sealed class SoftwareDoorbellTests : DoorbellTests<SoftwareBackend>;
