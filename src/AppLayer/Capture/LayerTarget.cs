using AppLayer.Applications;
using AppLayer.Store;
using VirtFoundation;
using VirtSpecs;

namespace AppLayer.Capture;

/// <summary>The layers of a store, as plans make, renew and remove them.</summary>
/// <param name="host">The applications, which say whether a layer is needed.</param>
public sealed class LayerTarget(LocalApplicationHost host) : ISpecTarget
{
    private readonly LayerStore _store = new(host.Root);

    /// <inheritdoc/>
    public bool Keeps(Spec spec) => spec is Layer;

    /// <inheritdoc/>
    public Task<IReadOnlyList<SpecState>> GetStatesAsync(CancellationToken cancellation) => Task.Run<IReadOnlyList<SpecState>>(
        () => [.. _store.List(static (_, _) => { }).Select(layer => new SpecState(SpecOf(layer), RunState.Stopped))], cancellation);

    /// <inheritdoc/>
    public async Task ApplyAsync(SpecChange change, IProgress<SpecProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (change.Action == ChangeAction.Create)
        {
            await MakeAsync((Layer)change.Spec, replaces: null, progress, cancellation).ConfigureAwait(false);
            return;
        }

        var reference = LayerReference.Parse(change.Name);
        var layer = _store.Find(reference.Name, reference.Version);
        switch (change.Action)
        {
            case ChangeAction.Update when change.MakesAnew && _store.IsHeld(layer.Id):
                throw new VirtException(VirtErrorCode.LayerInUse, $"{layer} is in use, and cannot be made anew until it is not.");
            case ChangeAction.Update when change.MakesAnew:
                await MakeAsync((Layer)change.Spec, layer.Id, progress, cancellation).ConfigureAwait(false);
                break;
            case ChangeAction.Update:
                _store.KeepSpec(layer.Id, (Layer)change.ApplyTo(SpecOf(layer))!);
                break;
            case ChangeAction.Remove:
                host.RemoveLayer(layer.Id);
                break;
            default:
                break;
        }
    }

    private async Task MakeAsync(Layer spec, Guid? replaces, IProgress<SpecProgress>? progress, CancellationToken cancellation) =>
        await new LayerMaker(host.Root).MakeAsync(
            spec, new() { Replaces = replaces, Description = spec.Notes, SpecText = SpecJson.Write(spec) },
            progress is null ? null : new ProgressRelay<CaptureProgress, SpecProgress>(progress, step => step.ToSpecProgress()), cancellation)
            .ConfigureAwait(false);

    private Layer SpecOf(LayerInfo layer) => _store.ReadSpec(layer.Id) is { } text
        ? (Layer)SpecJson.Parse(text)
        : new() { Name = layer.Name, Version = layer.Version, Platform = layer.Platform, Notes = layer.Description, From = new() };
}
