namespace VirtEngine.Disks;

/// <summary>What was asked of a disk of one kind of request, since it was opened.</summary>
/// <param name="Operation">The kind.</param>
/// <param name="Requests">Requests that are done.</param>
/// <param name="Failures">Those of them that failed.</param>
/// <param name="Bytes">Bytes that those that did not fail were about.</param>
/// <param name="Time">Sum of the times from asking to the end.</param>
/// <param name="Longest">The longest of them.</param>
internal readonly record struct DiskCounters(
    BlockOperation Operation, long Requests, long Failures, long Bytes, TimeSpan Time, TimeSpan Longest);
