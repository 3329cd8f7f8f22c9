using System.Globalization;

namespace HardwareLab;

/// <summary>What an exit and the way back into the guest cost.</summary>
/// <param name="Exit">Which: <c>port</c> or <c>memory</c>.</param>
/// <param name="Exits">How many a batch had.</param>
/// <param name="Median">Nanoseconds of one, over the batches; instructions in a lab whose clock counts those.</param>
/// <param name="Least">The same for the fastest batch.</param>
/// <param name="Instructions">What the host executed for one, kernel included; null where its processor does not count that, as the lab's does not.</param>
public sealed record RoundTrip(string Exit, int Exits, double Median, double Least, double? Instructions)
{
    /// <summary>Measures the shortest loop over the ioctls, in C (<c>Peers/round_trip.cpp</c>).</summary>
    /// <exception cref="LabException">It cannot be compiled, or fails.</exception>
    public static async Task<IReadOnlyList<RoundTrip>> MeasurePeerAsync(LabMachine lab, int batches, int exits)
    {
        ArgumentNullException.ThrowIfNull(lab);
        var run = await lab.RunAsync(NativeProgram.Get("round_trip"), [Text(batches), Text(exits)], limit: TimeSpan.FromMinutes(5)).ConfigureAwait(false);
        return [.. run.Successful().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
    }

    /// <summary>Reads a line as the peer prints it, and as another program may: name, exits, median, least, instructions or a dash, with tabs between.</summary>
    /// <exception cref="FormatException">It is another line.</exception>
    public static RoundTrip Parse(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (line.Split('\t') is not [var name, var exits, var median, var least, var instructions]) throw new FormatException($"'{line}' is no round trip.");
        return new RoundTrip(name, int.Parse(exits, CultureInfo.InvariantCulture), Number(median), Number(least), instructions == "-" ? null : Number(instructions));
    }

    private static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
