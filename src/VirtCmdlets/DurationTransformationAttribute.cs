using System.Globalization;
using System.Management.Automation;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>Durations as people write them: a number of seconds, <c>30s</c>, <c>1h30m</c>, or a TimeSpan.</summary>
internal sealed class DurationTransformationAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            TimeSpan duration => duration,
            int seconds => TimeSpan.FromSeconds(seconds),
            long seconds => TimeSpan.FromSeconds((double)seconds),
            double seconds => TimeSpan.FromSeconds(seconds),
            string text when Duration.TryParse(text, out var duration) => duration,
            string text when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) => duration,
            var other => throw new ArgumentTransformationMetadataException($"'{other}' is no duration such as 30 (seconds), 30s or 1h30m."),
        };
}
