namespace AppLayer.Capture;

/// <summary>Tells the progress of a part as that of the whole.</summary>
internal sealed class ProgressRelay<TPart, TWhole>(IProgress<TWhole> whole, Func<TPart, TWhole> convert) : IProgress<TPart>
{
    public void Report(TPart value) => whole.Report(convert(value));
}
