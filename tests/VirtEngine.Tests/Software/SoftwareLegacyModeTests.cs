using VirtEngine.Conformance;

namespace VirtEngine.Tests.Software;

public sealed class SoftwareLegacyModeTests : LegacyModeTests<SoftwareBackend>;
