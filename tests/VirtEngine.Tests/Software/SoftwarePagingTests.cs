using VirtEngine.Conformance;

namespace VirtEngine.Tests.Software;

public sealed class SoftwarePagingTests : PagingTests<SoftwareBackend>;
