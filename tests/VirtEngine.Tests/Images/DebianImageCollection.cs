namespace VirtEngine.Tests.Images;

[CollectionDefinition("Debian image")]
public sealed class DebianImageCollection : ICollectionFixture<DebianImage>;
