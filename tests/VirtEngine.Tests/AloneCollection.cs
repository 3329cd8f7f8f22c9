namespace VirtEngine.Tests;

/// <summary>Tests that measure the whole process, as its memory: no other runs at the same time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "Alone";
}
