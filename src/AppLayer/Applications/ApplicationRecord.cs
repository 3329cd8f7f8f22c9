using VirtFoundation.Store;
using VirtSpecs;

namespace AppLayer.Applications;

/// <summary>What <c>application.json</c> holds: who the application is and what its admin asked for.</summary>
internal sealed record ApplicationRecord : IStoredRecord
{
    /// <summary>Version of the file's layout.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary>The application's identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTime Created { get; init; }

    /// <summary>What was asked for, with every path absolute.</summary>
    public required Application Spec { get; init; }

    string IStoredRecord.Name => Spec.Name;
}
