namespace VirtEngine.Tests.Boot;

[CollectionDefinition("Debian kernel")]
public sealed class DebianKernelCollection : ICollectionFixture<DebianKernel>;
