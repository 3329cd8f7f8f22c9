using System.Globalization;
using System.Management.Automation;
using VirtEngine;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>How a cmdlet waits for a machine: with progress, a limit and Ctrl+C.</summary>
internal static class MachineWaiting
{
    internal static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    internal static void Wait(VirtCmdlet cmdlet, MachineInfo machine, WaitCondition condition, string? text, TimeSpan timeout)
    {
        var what = condition == WaitCondition.Text ? $"'{text}' on the console" : condition.ToString();
        var progress = new ProgressRecord(1, $"Waiting for {machine.Name}", $"{what}, at most {timeout.TotalSeconds:0.#} s");
        cmdlet.WriteProgress(progress);
        try
        {
            cmdlet.Await(async cancellation =>
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                limit.CancelAfter(timeout);
                try
                {
                    await cmdlet.VirtHost.WaitAsync(machine.Id, condition, text, limit.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
                {
                    throw new VirtException(
                        VirtErrorCode.MachineWaitTimeout,
                        string.Create(CultureInfo.InvariantCulture, $"'{machine.Name}' did not give {what} within {timeout.TotalSeconds:0.#} s."));
                }
            });
        }
        finally
        {
            progress.RecordType = ProgressRecordType.Completed;
            cmdlet.WriteProgress(progress);
        }
    }
}
