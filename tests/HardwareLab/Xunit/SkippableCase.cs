using Xunit.Abstractions;
using Xunit.Sdk;

namespace HardwareLab;

/// <summary>A case that may find out that it cannot run.</summary>
public sealed class SkippableCase : XunitTestCase
{
    /// <summary>Used by the runner, which fills the rest in.</summary>
    [Obsolete("For deserialization.")]
    public SkippableCase()
    {
    }

    public SkippableCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method, object[] arguments)
        : base(diagnostics, display, options, method, arguments)
    {
    }

    /// <inheritdoc/>
    public override async Task<RunSummary> RunAsync(
        IMessageSink diagnosticMessageSink, IMessageBus messageBus, object[] constructorArguments, ExceptionAggregator aggregator, CancellationTokenSource cancellationTokenSource)
    {
        using var bus = new SkippingBus(messageBus);
        var summary = await base.RunAsync(diagnosticMessageSink, bus, constructorArguments, aggregator, cancellationTokenSource).ConfigureAwait(false);
        summary.Failed -= bus.Skipped;
        summary.Skipped += bus.Skipped;
        return summary;
    }
}
