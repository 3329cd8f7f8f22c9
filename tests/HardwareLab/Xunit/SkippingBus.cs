using LabRunner;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace HardwareLab;

/// <summary>Tells of a failure by <see cref="CaseSkippedException"/> as of a skipped test.</summary>
internal sealed class SkippingBus(IMessageBus bus) : IMessageBus
{
    /// <summary>How many it has told of.</summary>
    internal int Skipped { get; private set; }

    public bool QueueMessage(IMessageSinkMessage message)
    {
        if (message is not ITestFailed failed || failed.ExceptionTypes.FirstOrDefault() != typeof(CaseSkippedException).FullName) return bus.QueueMessage(message);
        Skipped++;
        return bus.QueueMessage(new TestSkipped(failed.Test, failed.Messages[0]));
    }

    public void Dispose()
    {
        // The inner one belongs to who made it.
    }
}
