using System.Text;
using VirtEngine.Channels;

namespace VirtBenchmarks;

/// <summary>What a guest says on its console.</summary>
internal static class ConsoleText
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Reads until a text has come..</summary>
    /// <exception cref="InvalidOperationException">The machine ended before it, or it did not come in time.</exception>
    internal static void WaitFor(IGuestChannel console, string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        var wanted = Encoding.ASCII.GetBytes(text);
        var buffer = new byte[16 << 10];
        // The last bytes stay, as the text may come in two parts.
        for (int kept = 0; ;)
        {
            int read;
            try
            {
                read = console.ReadAsync(buffer.AsMemory(kept), patience.Token).AsTask().GetAwaiter().GetResult();
            }
            catch (OperationCanceledException)
            {
                throw new InvalidOperationException($"The guest did not say '{text}' within {Patience.TotalMinutes} minutes.");
            }

            if (read == 0) throw new InvalidOperationException($"The machine ended before the guest said '{text}'.");
            var seen = buffer.AsSpan(0, kept + read);
            if (seen.IndexOf(wanted) >= 0) return;
            kept = Math.Min(wanted.Length - 1, seen.Length);
            seen[^kept..].CopyTo(buffer);
        }
    }
}
