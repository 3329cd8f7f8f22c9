using VirtEngine.Conformance;

namespace VirtEngine.Tests.Software;

public sealed class SoftwareExitTests : ExitTests<SoftwareBackend>;
