using System.Globalization;
using System.Text;

namespace VirtSpecs;

/// <summary>The text of durations in specs: <c>30s</c>, <c>5m</c>, <c>1h30m</c>; whole milliseconds, 0 to 10675199 days.</summary>
public static class Duration
{
    /// <summary>What the text of a duration looks like, as a regular expression that JSON schema shares.</summary>
    internal const string Pattern = "^(?=.)([0-9]{1,9}d)?([0-9]{1,9}h)?([0-9]{1,9}m)?([0-9]{1,9}s)?([0-9]{1,9}ms)?$";

    private const int MaximumDigits = 9;

    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>Reads a duration: whole numbers, each with one of d, h, m, s, ms, the larger unit first.</summary>
    /// <param name="text">The duration's text.</param>
    /// <returns>The duration.</returns>
    /// <exception cref="FormatException">The text is not a duration, or longer than a <see cref="TimeSpan"/> holds.</exception>
    public static TimeSpan Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var duration)
            ? duration
            : throw new FormatException($"'{text}' is not a duration such as 30s, 5m or 1h30m.");
    }

    /// <summary>Reads a duration: whole numbers, each with one of d, h, m, s, ms, the larger unit first.</summary>
    /// <param name="text">The duration's text.</param>
    /// <param name="duration">The duration, or zero when the text is none.</param>
    /// <returns>Whether the text is a duration that a <see cref="TimeSpan"/> holds.</returns>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        var rest = text.AsSpan();
        Int128 ticks = 0;
        var next = 0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits is <= 0 or > MaximumDigits)
            {
                return false;
            }

            var unitText = rest[digits..];
            var length = unitText.IndexOfAnyInRange('0', '9');
            unitText = length < 0 ? unitText : unitText[..length];
            while (next < Units.Length && !unitText.SequenceEqual(Units[next].Unit))
            {
                next++;
            }

            if (next == Units.Length)
            {
                return false;
            }

            ticks += (Int128)int.Parse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture) * Units[next].Ticks;
            next++;
            rest = rest[(digits + unitText.Length)..];
        }

        if (ticks > TimeSpan.MaxValue.Ticks)
        {
            return false;
        }

        duration = new((long)ticks);
        return true;
    }

    /// <summary>Writes a duration in the largest units: 90 minutes are <c>1h30m</c>, nothing is <c>0s</c>.</summary>
    /// <param name="duration">A duration of whole milliseconds, not negative.</param>
    /// <returns>Text that <see cref="Parse"/> reads back to the same duration.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The duration is negative or has a part of a millisecond.</exception>
    public static string Format(TimeSpan duration)
    {
        if (!IsWritable(duration))
        {
            throw new ArgumentOutOfRangeException(nameof(duration), duration, "A duration is whole milliseconds, not negative.");
        }

        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }

        var text = new StringBuilder();
        var ticks = duration.Ticks;
        foreach (var (unit, size) in Units)
        {
            if (ticks >= size)
            {
                text.Append(CultureInfo.InvariantCulture, $"{ticks / size}{unit}");
                ticks %= size;
            }
        }

        return text.ToString();
    }

    /// <summary>Whether <see cref="Format"/> can write the duration.</summary>
    internal static bool IsWritable(TimeSpan duration) => duration >= TimeSpan.Zero && duration.Ticks % TimeSpan.TicksPerMillisecond == 0;
}
