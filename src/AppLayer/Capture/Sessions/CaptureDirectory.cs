using VirtFoundation.Store;

namespace AppLayer.Capture.Sessions;

/// <summary>The directory of a capture, and the files in it.</summary>
/// <param name="Path">Full path.</param>
internal sealed record CaptureDirectory(string Path)
{
    internal static readonly StateFile<CaptureRecord> RecordFile = new(static () => CaptureJson.Default.CaptureRecord);

    /// <summary>What is watched.</summary>
    internal string RecordPath => System.IO.Path.Combine(Path, "capture.json");

    /// <summary>Held by whoever makes it, stops it or removes it.</summary>
    internal string LockPath => System.IO.Path.Combine(Path, "lock");

    /// <summary>What stood at the places when it was started.</summary>
    internal string BeforePath => System.IO.Path.Combine(Path, "before.footprint");

    /// <summary>A copy of a Wine prefix's registry files as they were.</summary>
    internal string RegistryPath => System.IO.Path.Combine(Path, "registry");

    /// <summary>What a stop makes and needs no more when it is over.</summary>
    internal string WorkPath => System.IO.Path.Combine(Path, "work");
}
