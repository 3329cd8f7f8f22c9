using System.Globalization;
using System.Management.Automation;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>Durations as people write them: a number of seconds, <c>30s</c>, <c>1h30m</c>, or a TimeSpan.</summary>
internal sealed class DurationTransformationAttribute : ArgumentTransformationAttribute
{
    // The longest that a timer of the runtime can wait is a little more.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var given = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return Read(given) is { } duration && duration >= TimeSpan.Zero && duration <= Longest
            ? duration
            : throw new ArgumentTransformationMetadataException($"'{given}' is no duration from 0 to 49 days, such as 30 (seconds), 30s or 1h30m.");
    }

    private static TimeSpan? Read(object? given) => given switch
    {
        TimeSpan duration => duration,
        // PowerShell reads 1d as the decimal number 1 before anybody asks; 30s as the short number 30, which is what was meant.
        decimal => throw new ArgumentTransformationMetadataException("A duration in days must be quoted: '1d'."),
        byte or sbyte or short or ushort or int or uint or long or ulong or float or double =>
            Convert.ToDouble(given, CultureInfo.InvariantCulture) is var seconds && Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds
                ? TimeSpan.FromSeconds(seconds) : null,
        string text when Duration.TryParse(text, out var duration) => duration,
        string text when double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds < 1e9 =>
            TimeSpan.FromSeconds(seconds),
        string text when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) => duration,
        _ => null,
    };
}
