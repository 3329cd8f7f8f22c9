namespace VirtWorker.Tests;

/// <summary>Tests that look at directories of the system, and plant something there: one at a time.</summary>
[CollectionDefinition(Name)]
public sealed class FootprintCollection
{
    internal const string Name = "Footprint";
}
