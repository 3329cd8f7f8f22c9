using VirtEngine.Disks;

namespace VirtEngine.Measures;

/// <summary>What is asked of a machine's disk.</summary>
public sealed record DiskMeasure
{
    /// <summary>The disk's name in the machine.</summary>
    public required string Name { get; init; }

    /// <summary>Requests that read.</summary>
    public required DiskRequestMeasure Read { get; init; }

    /// <summary>Requests that write.</summary>
    public required DiskRequestMeasure Write { get; init; }

    /// <summary>Requests to make durable what was written.</summary>
    public required DiskRequestMeasure Flush { get; init; }

    /// <summary>Requests that say that nobody needs something any more.</summary>
    public required DiskRequestMeasure Discard { get; init; }

    /// <summary>Requests that make a range read as zeroes.</summary>
    public required DiskRequestMeasure WriteZeroes { get; init; }

    /// <summary>The disk's name.</summary>
    public override string ToString() => Name;

    internal static DiskMeasure Of(DiskSample? before, DiskSample after, TimeSpan interval)
    {
        DiskRequestMeasure Requests(BlockOperation operation) =>
            DiskRequestMeasure.Of(Find(before, operation), Find(after, operation), interval);
        return new()
        {
            Name = after.Name,
            Read = Requests(BlockOperation.Read),
            Write = Requests(BlockOperation.Write),
            Flush = Requests(BlockOperation.Flush),
            Discard = Requests(BlockOperation.Discard),
            WriteZeroes = Requests(BlockOperation.WriteZeroes),
        };
    }

    private static DiskCounters Find(DiskSample? sample, BlockOperation operation) =>
        sample?.Requests.FirstOrDefault(one => one.Operation == operation) ?? default;
}
