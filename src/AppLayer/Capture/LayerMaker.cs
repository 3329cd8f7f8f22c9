using AppLayer.Activation;
using AppLayer.Capture.Installers;
using AppLayer.Capture.Noise;
using AppLayer.Capture.Sessions;
using AppLayer.Capture.Sources;
using AppLayer.Capture.Trees;
using AppLayer.Files;
using AppLayer.Registry;
using AppLayer.Registry.Stacking;
using AppLayer.Store;
using VirtFoundation;
using VirtFoundation.Packages;
using VirtFoundation.Store;
using VirtSpecs;

namespace AppLayer.Capture;

/// <summary>
/// Makes a layer of what its spec says: an installer that is run over a fresh writable layer, a directory, a registry file, packages. The layer
/// is there wholly or not at all; what a cut-off attempt leaves is removed by the next one.
/// </summary>
public sealed class LayerMaker
{
    private readonly VirtRoot _root;
    private readonly IStoreOperations _operations;
    private readonly LayerStore _store;
    private readonly CaptureArea _area;
    private readonly Func<string, IPackageSource> _packages;

    /// <summary>Makes layers in a root.</summary>
    public LayerMaker(VirtRoot root)
        : this(root, StoreOperations.Instance, static scratch => new AptPackageSource(scratch))
    {
    }

    internal LayerMaker(VirtRoot root, IStoreOperations operations, Func<string, IPackageSource> packages)
    {
        ArgumentNullException.ThrowIfNull(root);
        _root = root;
        _operations = operations;
        _store = new(root, operations);
        _area = new(root, operations);
        _packages = packages;
    }

    /// <summary>Makes the layer.</summary>
    /// <param name="spec">The layer as it is described, with full paths (<c>WithFullPaths</c>).</param>
    /// <param name="options">What the spec doesn't say.</param>
    /// <param name="progress">Told how far it is, from any thread.</param>
    /// <param name="cancellation">Ends it, and kills an installer that runs.</param>
    /// <exception cref="VirtException">No layer can be made of it; the message says why.</exception>
    public async Task<CaptureResult> MakeAsync(
        Layer spec, LayerMakeOptions? options = null, IProgress<CaptureProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        options ??= new();
        var noise = NoiseRules.For(spec.Platform, spec.Rules, _root);
        if (spec.From.Capture is { } capture)
        {
            return await CaptureAsync(spec, capture, noise, options, progress, cancellation).ConfigureAwait(false);
        }

        return options.Updates is null
            ? await Task.Run(() => Collect(spec, noise, options, progress, cancellation), cancellation).ConfigureAwait(false)
            : throw new VirtException(VirtErrorCode.ParameterInvalid, $"'{spec.QualifiedName}' is made of content, which has nothing to run over another layer.");
    }

    private async Task<CaptureResult> CaptureAsync(
        Layer spec, VirtSpecs.LayerCapture capture, NoiseRules noise, LayerMakeOptions options, IProgress<CaptureProgress>? progress, CancellationToken cancellation)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new VirtException(
                VirtErrorCode.SpecInvalid, "Installers cannot be run over a writable layer on Windows yet; capture around the installation with Start-VirtCapture.");
        }

        Guid[] layers = [.. options.Updates is { } updated ? [updated] : Array.Empty<Guid>(), .. spec.From.Layers.Select(layer => _store.Find(layer.Name, layer.Version).Id)];
        using var held = _store.Hold(layers);
        var activation = progress is null ? null : new ProgressRelay<ActivationStage, CaptureProgress>(
            progress, stage => new(stage == ActivationStage.MakingBasePrefix ? CapturePhase.MakingBase : CapturePhase.Installing));
        progress?.Report(new(CapturePhase.ControlRun));
        var control = await new ControlRuns(_root).GetAsync(spec.Platform, activation, cancellation).ConfigureAwait(false);

        progress?.Report(new(CapturePhase.Installing));
        var (exit, application) = await new InstallerRun(_root, spec.Platform, capture)
            .RunAsync(layers, options.SuccessExitCodes, activation, cancellation).ConfigureAwait(false);
        await using (application.ConfigureAwait(false))
        {
            var result = await Task.Run(() => TakeOver(application.TreeDirectory, application.ReadRegistry()), cancellation).ConfigureAwait(false);
            return result with { ExitCode = exit.Code, RestartWanted = exit.RestartWanted };
        }

        CaptureResult TakeOver(string tree, RegistryKey? registry)
        {
            progress?.Report(new(CapturePhase.RemovingNoise));
            var foundation = spec.Platform == LayerPlatform.Windows ? BasePrefix.PathOf(_root, WineInstallation.Find()) : "/";
            var lower = new LowerTrees([.. layers.Select(_store.TreeDirectory), foundation], LayerLayout.For(spec.Platform));
            var filter = new NoiseFilter(noise, lower, control);
            filter.Clean(tree, cancellation);
            registry = registry is null ? null : filter.Clean(registry);
            if (registry is null && FileScanner.Scan(tree, spec.Platform, cancellation: cancellation).Files.Entries.All(entry => entry.Path.EndsWith('}')))
            {
                throw new VirtException(
                    VirtErrorCode.CaptureFailed, $"'{capture.Command}' ended with {exit.Code} and changed nothing that could be a layer; what was left out: {Describe(filter.Removals)}.");
            }

            if (options.Updates is not { } old)
            {
                return Commit(spec, new(tree) { Registry = registry, IsConsumed = true, Spec = options.SpecText }, options, filter.Removals, [], progress, cancellation);
            }

            return Storing($"'{spec.QualifiedName}' could not be made", () =>
            {
                using var work = _area.CreateWork();
                progress?.Report(new(CapturePhase.Collecting));
                var writer = new TreeWriter(work["tree"], spec.Platform, _operations);
                TreeFlattening.Write(tree, _store.TreeDirectory(old), writer, spec.Platform, cancellation);
                registry = (registry, _store.ReadRegistry(old)) switch
                {
                    (null, var below) => below,
                    (var above, null) => above,
                    var (above, below) => LayerFlattening.Flatten(above, below),
                };
                return Commit(
                    spec, new(work["tree"]) { Registry = registry, IsConsumed = true, Spec = options.SpecText }, options, filter.Removals, writer.Problems, progress, cancellation);
            });
        }
    }

    private CaptureResult Collect(Layer spec, NoiseRules noise, LayerMakeOptions options, IProgress<CaptureProgress>? progress, CancellationToken cancellation)
    {
        return Storing($"'{spec.QualifiedName}' could not be made", () =>
        {
            using var work = _area.CreateWork();
            progress?.Report(new(CapturePhase.Collecting));
            var problems = new List<string>();
            var writer = new TreeWriter(work["tree"], spec.Platform, _operations);
            if (spec.From.Directory is { } directory)
            {
                DirectorySource.Write(directory, spec.From.Target, spec.Platform, writer, problems, cancellation);
            }

            PackageReport? packages = null;
            if (spec.From.Packages.Count > 0)
            {
                var scratch = Directory.CreateDirectory(work["packages"]).FullName;
                var source = new DebianSource(_packages(scratch), scratch);
                packages = source.Write([.. spec.From.Packages], writer, progress, cancellation);
                problems.AddRange(source.Problems);
            }

            var registry = spec.From.RegistryFile is { } file ? RegistryFileSource.Read(file) : null;

            // What was described file by file is wanted: only what the spec itself excludes is left out.
            progress?.Report(new(CapturePhase.RemovingNoise));
            var filter = new NoiseFilter(noise.OfSpecAlone, NothingBelow.Instance, control: null);
            filter.Clean(work["tree"], cancellation);
            registry = registry is null ? null : filter.Clean(registry);
            return Commit(
                spec, new(work["tree"]) { Registry = registry, IsConsumed = true, Spec = options.SpecText }, options, filter.Removals, [.. problems, .. writer.Problems],
                progress, cancellation) with { Packages = packages };
        });
    }

    private CaptureResult Commit(
        Layer spec, LayerContent content, LayerMakeOptions options, IReadOnlyList<NoiseRemoval> removed, IEnumerable<string> problems,
        IProgress<CaptureProgress>? progress, CancellationToken cancellation)
    {
        var lost = FileScanner.Scan(content.TreeDirectory, spec.Platform, cancellation: cancellation).Problems;
        var layer = _store.Commit(
            content, new(spec.Name, spec.Version, spec.Platform) { Description = options.Description, Replaces = options.Replaces },
            CaptureSessions.Committing(progress), cancellation);
        return new() { Layer = layer, Removed = removed, Problems = [.. problems, .. lost.Select(problem => $"{problem.Path}: {problem.Message}")] };
    }

    private static string Describe(IReadOnlyList<NoiseRemoval> removals) =>
        removals.Count == 0 ? "nothing" : string.Join(", ", removals.Take(5).Select(removal => $"{removal.Count} by {(removal.Rule.Length > 0 ? removal.Rule : removal.Reason)}"));

    private static CaptureResult Storing(string what, Func<CaptureResult> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage(what, e);
        }
    }
}
