using VirtFoundation.Store;

namespace AppLayer.Store;

/// <summary>What <c>store.json</c> holds: the version of the store's layout, which a newer program may change.</summary>
internal sealed record StoreRecord
{
    internal static readonly StateFile<StoreRecord> File = new(static () => StoreJson.Default.StoreRecord);

    /// <summary>Version of the layout.</summary>
    public int FormatVersion { get; init; } = 1;
}
