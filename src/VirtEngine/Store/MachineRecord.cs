using VirtFoundation.Store;
using VirtSpecs;

namespace VirtEngine.Store;

/// <summary>What <c>machine.json</c> holds: who the machine is and what its admin asked for.</summary>
internal sealed record MachineRecord : IStoredRecord
{
    /// <summary>Version of the file's layout.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary>The machine's identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTime Created { get; init; }

    /// <summary>What was asked for, with every path absolute.</summary>
    public required Machine Spec { get; init; }

    string IStoredRecord.Name => Spec.Name;
}
