namespace AppLayer.Store;

/// <summary>What a long work on the store is doing.</summary>
public enum StoreStage
{
    /// <summary>Looking at the files that there are.</summary>
    Scanning,

    /// <summary>Taking the files' content into the store.</summary>
    Copying,

    /// <summary>Waiting until everything is on the disk.</summary>
    Flushing,

    /// <summary>Reading the files' content and comparing it.</summary>
    Checking,
}
