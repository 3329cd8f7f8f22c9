namespace VirtFoundation.Events;

/// <summary>One line of an event log, a machine's or an application's.</summary>
/// <param name="Sequence">Its number, from 1, without gaps.</param>
/// <param name="Time">When, UTC.</param>
/// <param name="Name">What happened, one of <see cref="EventNames"/>.</param>
/// <param name="Detail">More about it, or null.</param>
public sealed record LoggedEvent(long Sequence, DateTime Time, string Name, string? Detail);
