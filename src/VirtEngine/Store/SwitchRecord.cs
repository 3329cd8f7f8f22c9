using VirtFoundation.Store;
using VirtSpecs;

namespace VirtEngine.Store;

/// <summary>What <c>switch.json</c> holds: who the switch is and what its admin asked for.</summary>
internal sealed record SwitchRecord : IStoredRecord
{
    /// <summary>Version of the file's layout.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary>The switch's identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTime Created { get; init; }

    /// <summary>What was asked for.</summary>
    public required Switch Spec { get; init; }

    string IStoredRecord.Name => Spec.Name;
}
