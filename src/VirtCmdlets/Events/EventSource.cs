using VirtFoundation.Events;

namespace VirtCmdlets;

/// <summary>A machine, application or switch whose events are asked for.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Name">Its name.</param>
/// <param name="HostName">Its host.</param>
/// <param name="Read">Its events with greater numbers.</param>
/// <param name="Follow">Its events with greater numbers, as they happen.</param>
internal sealed record EventSource(
    Guid Id,
    string Name,
    string HostName,
    Func<long, IReadOnlyList<LoggedEvent>> Read,
    Func<long, CancellationToken, IAsyncEnumerable<LoggedEvent>> Follow);
