using VirtFoundation;

namespace VirtCmdlets;

/// <summary>A kind of thing that commands work on, and how those are found that somebody names.</summary>
/// <param name="Word">What one of them is called.</param>
/// <param name="NotFound">What it is when there is none.</param>
/// <param name="IdOf">A thing's identity.</param>
/// <param name="NameOf">A thing's name, as far as a name or pattern speaks of it.</param>
/// <param name="List">All of them; the action is told of those that are damaged.</param>
/// <param name="Get">The one with an identity; null where nobody asks by identity.</param>
/// <param name="Find">The one with a name, where finding it is less work than listing all.</param>
internal sealed record Kind<T>(
    string Word,
    VirtErrorCode NotFound,
    Func<T, Guid> IdOf,
    Func<T, string, string> NameOf,
    Func<VirtCmdlet, Action<object, VirtException>, IEnumerable<T>> List,
    Func<VirtCmdlet, Guid, T>? Get = null,
    Func<VirtCmdlet, string, T>? Find = null);
