using System.Text;
using AppLayer.Activation;
using AppLayer.Applications;
using AppLayer.Capture.Sessions;
using AppLayer.Files;
using AppLayer.Registry.Hive;
using VirtFoundation;
using VirtFoundation.Formats;
using VirtFoundation.Store;
using VirtSpecs;

namespace AppLayer.Capture.Installers;

/// <summary>
/// Finds out what a system changes by itself when nothing is installed, by running a program that does nothing over a fresh writable layer.
/// Done once for each base and kept beside the captures.
/// </summary>
/// <param name="root">The root.</param>
internal sealed class ControlRuns(VirtRoot root)
{
    private const int MostKept = 2000;

    private static readonly StateFile<ControlRecord> RecordFile = new(static () => CaptureJson.Default.ControlRecord);

    private readonly CaptureArea _area = new(root, FileOperations.Instance);

    /// <summary>The control run of a platform's base.</summary>
    /// <exception cref="VirtException">It can't be made.</exception>
    internal async Task<ControlRun> GetAsync(LayerPlatform platform, IProgress<ActivationStage>? progress, CancellationToken cancellation)
    {
        var directory = Path.Combine(_area.Path, "control", $"{platform.ToString().ToLowerInvariant()}-{KeyOf(platform)}");
        return TryRead(directory) ?? await MakeAsync(platform, directory, progress, cancellation).ConfigureAwait(false);
    }

    private static string RecordPath(string directory) => Path.Combine(directory, "control.json");

    private static string HivePath(string directory) => Path.Combine(directory, "registry.hiv");

    // Text that is another one after the base was changed: another Wine, another release or other packages.
    private static string KeyOf(LayerPlatform platform)
    {
        if (platform == LayerPlatform.Windows)
        {
            return WineInstallation.Find().Key;
        }

        var text = new StringBuilder();
        foreach (var path in (string[])["/etc/os-release", "/var/lib/dpkg/status", "/var/lib/rpm"])
        {
            text.Append(path).Append(Path.Exists(path) ? File.GetLastWriteTimeUtc(path).Ticks : 0).Append('\n');
        }

        return ContentDigest.Of(Encoding.UTF8.GetBytes(text.ToString())).ToString()[..12];
    }

    // What is damaged or of another version is made again.
    private static ControlRun? TryRead(string directory)
    {
        try
        {
            if (RecordFile.TryRead(RecordPath(directory)) is not { } record)
            {
                return null;
            }

            var registry = File.Exists(HivePath(directory)) ? HiveFile.Read(File.ReadAllBytes(HivePath(directory))) : null;
            return new(record.Files.ToDictionary(file => file.Place, Entry), registry);
        }
        catch (Exception e) when (e is VirtException or MalformedDataException or IOException or ArgumentException)
        {
            return null;
        }

        static FileEntry Entry(ControlFile file) => new()
        {
            Path = file.Place,
            Kind = file.Kind,
            Mode = file.Mode,
            Target = file.Target,
            Opaque = file.Opaque,
            Length = file.Length,
            Content = ContentDigest.TryParse(file.Digest, out var digest) ? digest : default,
        };
    }

    private async Task<ControlRun> MakeAsync(LayerPlatform platform, string directory, IProgress<ActivationStage>? progress, CancellationToken cancellation)
    {
        var application = await TemporaryApplication.OpenAsync(root, new() { Platform = platform }, progress, cancellation).ConfigureAwait(false);
        await using (application.ConfigureAwait(false))
        {
            ProgramStart nothing = platform == LayerPlatform.Windows
                ? new() { Command = @"{System}\cmd.exe", Arguments = ["/c", "exit"], Environment = ProgramEnvironment.OfThisProcess() }
                : new() { Command = "true", Environment = ProgramEnvironment.OfThisProcess() };
            await application.RunAsync(nothing, cancellation).ConfigureAwait(false);
            await application.EndAsync(cancellation).ConfigureAwait(false);
            var layout = LayerLayout.For(platform);
            var files = Directory.Exists(application.TreeDirectory)
                ? FileScanner.Scan(application.TreeDirectory, platform, digests: true, cancellation).Files.Entries
                : [];
            var run = new ControlRun(files.ToDictionary(entry => layout.PlaceOf(entry.Path)), application.ReadRegistry());
            if (files.Count <= MostKept)
            {
                Write(directory, run);
            }

            return run;
        }
    }

    private void Write(string directory, ControlRun run)
    {
        _area.Prepare();
        RestrictedFiles.CreateDirectory(directory);
        if (run.Registry is { } registry)
        {
            AtomicFile.Replace(HivePath(directory), HiveFile.ToBytes(registry).Span);
        }

        // The record is the last: where it is, all is.
        RecordFile.Write(RecordPath(directory), new()
        {
            Files = [.. run.Files.Select(file => new ControlFile(
                file.Key, file.Value.Kind, file.Value.Mode, file.Value.Target, file.Value.Opaque, file.Value.Length,
                file.Value.Kind == FileKind.File ? file.Value.Content.ToString() : null))],
        });
    }
}
