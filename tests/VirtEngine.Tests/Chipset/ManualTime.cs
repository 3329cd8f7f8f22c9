namespace VirtEngine.Tests.Chipset;

/// <summary>A host clock that a test sets.</summary>
internal sealed class ManualTime(DateTime utc) : TimeProvider
{
    internal DateTime Utc { get; set; } = DateTime.SpecifyKind(utc, DateTimeKind.Utc);

    public override DateTimeOffset GetUtcNow() => new(Utc);
}
