using HardwareLab;
using LabRunner;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace HardwareLabTests;

/// <summary>A case that finds out that it cannot run is told of as a skipped test, so that the count shows it.</summary>
public sealed class CaseTheoryTests
{
    [Theory]
    [InlineData(CaseEvent.Pass, 0, 0)]
    [InlineData(CaseEvent.Fail, 1, 0)]
    [InlineData(CaseEvent.Skip, 0, 1)]
    public async Task A_skipped_case_is_a_skipped_test(CaseEvent outcome, int failed, int skipped)
    {
        using var bus = new RecordingBus();
        using var cancellation = new CancellationTokenSource();
        var assembly = new TestAssembly(Reflector.Wrap(typeof(Sample).Assembly));
        var type = new TestClass(new TestCollection(assembly, null, "sample"), Reflector.Wrap(typeof(Sample)));
        var method = new TestMethod(type, Reflector.Wrap(typeof(Sample).GetMethod(nameof(Sample.Concludes))!));
        var one = new SkippableCase(bus, TestMethodDisplay.Method, TestMethodDisplayOptions.None, method, [outcome]);
        var summary = await one.RunAsync(bus, bus, [], new ExceptionAggregator(), cancellation);
        Assert.Equal((1, failed, skipped), (summary.Total, summary.Failed, summary.Skipped));
        Assert.Equal(failed, bus.Messages.OfType<ITestFailed>().Count());
        Assert.Equal(Enumerable.Repeat("no such instruction", skipped), bus.Messages.OfType<ITestSkipped>().Select(message => message.Reason));
    }

#pragma warning disable xUnit1000 // No test by itself: the test above runs it.
    private sealed class Sample
    {
        [CaseTheory]
        [InlineData(CaseEvent.Pass)]
        public void Concludes(CaseEvent outcome) => new LabOutcome(outcome, "no such instruction").Conclude();
    }
#pragma warning restore xUnit1000

    private sealed class RecordingBus : LongLivedMarshalByRefObject, IMessageBus, IMessageSink
    {
        internal List<IMessageSinkMessage> Messages { get; } = [];

        public bool QueueMessage(IMessageSinkMessage message)
        {
            lock (Messages) Messages.Add(message);
            return true;
        }

        public bool OnMessage(IMessageSinkMessage message) => true;

        public void Dispose()
        {
            // It holds nothing.
        }
    }
}
