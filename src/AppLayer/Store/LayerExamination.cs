namespace AppLayer.Store;

internal sealed class LayerExamination(LayerDirectory directory, LayerRecord record, IProgress<StoreProgress>? progress, CancellationToken cancellation)
{
    internal IReadOnlyList<LayerFinding> Run()
    {
        _ = (directory, record, progress, cancellation);
        return [];
    }
}
