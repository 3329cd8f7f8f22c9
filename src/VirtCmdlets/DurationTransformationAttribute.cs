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
            // PowerShell reads 1d as the decimal number 1 before anybody asks; 30s as the short number 30, which is what was meant.
            decimal => throw new ArgumentTransformationMetadataException("A duration in days must be quoted: '1d'."),
            byte or short or ushort or int or uint or long or double =>
                TimeSpan.FromSeconds(Convert.ToDouble(inputData is PSObject number ? number.BaseObject : inputData, CultureInfo.InvariantCulture)),
            string text when Duration.TryParse(text, out var duration) => duration,
            string text when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) => duration,
            var other => throw new ArgumentTransformationMetadataException($"'{other}' is no duration such as 30 (seconds), 30s or 1h30m."),
        };
}
