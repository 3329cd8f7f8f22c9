using System.Text;
using System.Text.RegularExpressions;

namespace HardwareLab;

/// <summary>What the lab's kernel and QEMU say.</summary>
internal sealed partial class LabConsole
{
    private const int MaximumLines = 5000;

    private readonly Queue<string> _lines = new();
    private readonly List<string> _complaints = [];
    private string? _death;

    /// <summary>The line that tells of the kernel's end, or null.</summary>
    internal string? Death { get { lock (_lines) return _death; } }

    /// <summary>Lines in which the kernel complains.</summary>
    internal IReadOnlyList<string> Complaints { get { lock (_lines) return [.. _complaints]; } }

    internal void Add(string line)
    {
        line = line.TrimEnd('\r');
        // QEMU says of each feature of the model that its emulation lacks it.
        if (line.Length == 0 || line.Contains("TCG doesn't support requested feature", StringComparison.Ordinal)) return;
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > MaximumLines) _lines.Dequeue();
            if (Panic().IsMatch(line)) _death ??= line;
            if (Complaint().IsMatch(line)) _complaints.Add(line);
        }
    }

    /// <summary>The last lines.</summary>
    internal string Tail(int lines = 60)
    {
        lock (_lines)
        {
            var text = new StringBuilder();
            foreach (string line in _lines.TakeLast(lines)) text.Append("  | ").AppendLine(line);
            return text.ToString();
        }
    }

    [GeneratedRegex("Kernel panic - not syncing")]
    private static partial Regex Panic();

    [GeneratedRegex(@"Kernel panic|\bOops\b|\bBUG:|WARNING: |general protection fault|soft lockup|hard LOCKUP|rcu.* stall|hung_task|^lab: |kvm.*(unhandled|failed)")]
    private static partial Regex Complaint();
}
