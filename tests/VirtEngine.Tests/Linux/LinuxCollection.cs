namespace VirtEngine.Tests.Linux;

/// <summary>The tests that share one machine.</summary>
[CollectionDefinition(Name)]
public sealed class LinuxCollection : ICollectionFixture<SharedLinuxMachine>
{
    internal const string Name = "Linux machine";
}
