namespace HardwareLabTests;

/// <summary>The tests that share one lab.</summary>
[CollectionDefinition(Name)]
public sealed class LabCollection : ICollectionFixture<SharedLab>
{
    internal const string Name = "Hardware lab";
}
