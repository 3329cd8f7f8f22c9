using VirtSpecs;

namespace AppLayer.Resolution;

/// <summary>A directory of a view, or a file, with what is below it up to other regions: one mount.</summary>
/// <param name="Place">Where it begins.</param>
/// <param name="Mode">How the application meets it.</param>
internal sealed record ViewRegion(string Place, IsolationMode Mode)
{
    /// <summary>The file or directory of the host that is shown as it is; null where a stack is shown.</summary>
    internal string? HostPath { get; init; }

    /// <summary>Whether what is shown as it is can't be changed through the view.</summary>
    internal bool IsReadOnly { get; init; }

    /// <summary>The parties whose stack is shown, from the view's root on; the first is written to. Empty where the host's own is shown.</summary>
    internal IReadOnlyList<StackParty> Parties { get; init; } = [];
}
