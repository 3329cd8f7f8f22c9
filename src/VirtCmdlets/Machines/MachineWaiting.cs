using System.Globalization;
using System.Management.Automation;
using VirtEngine.Hosts;
using VirtFoundation;

namespace VirtCmdlets;

/// <summary>How a cmdlet waits for a machine: with progress, a limit and Ctrl+C.</summary>
internal static class MachineWaiting
{
    internal static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    /// <summary>What is meant by a condition and a text, either of which may be missing.</summary>
    /// <exception cref="VirtException">They do not fit together.</exception>
    internal static WaitCondition? Choose(WaitCondition? wanted, string? text) => (wanted, text) switch
    {
        (_, null) when wanted == WaitCondition.Text => throw new VirtException(VirtErrorCode.ParameterInvalid, "Waiting for a text needs -Text."),
        (_, null) => wanted,
        (null or WaitCondition.Text, _) => WaitCondition.Text,
        _ => throw new VirtException(VirtErrorCode.ParameterInvalid, $"-Text waits for a text; {wanted} is something else."),
    };

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
