using System.Text.Json;

namespace VirtBenchmarks;

/// <summary>Measurements for people and for programs.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    internal static void WriteTable(IReadOnlyList<Measurement> measurements, TextWriter to)
    {
        List<string[]> rows = [["figure", "unit", "ours", "peer", "peer is", "times better", "goal"]];
        rows.AddRange(measurements.Select(one => new[]
        {
            one.Figure.Name, one.Figure.Unit, Cell(one.Ours), Cell(one.Peer), one.Figure.Peer ?? "", Cell(one.Advantage),
            Goal(one),
        }));
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows) to.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    internal static void WriteJson(IReadOnlyList<Measurement> measurements, MachineDescription machine, int rounds, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, JsonSerializer.Serialize(new { machine, rounds, figures = measurements.Select(Plain) }, Indented));
    }

    private static object Plain(Measurement one) => new
    {
        name = one.Figure.Name,
        unit = one.Figure.Unit,
        largerIsBetter = one.Figure.LargerIsBetter,
        goal = one.Figure.Goal,
        goalRatio = one.Figure.GoalRatio,
        reachesGoal = one.ReachesGoal,
        ours = Plain(one.Ours),
        peer = one.Peer is null ? null : Plain(one.Peer),
        peerName = one.Figure.Peer,
        advantage = one.Advantage is null ? null : Plain(one.Advantage),
    };

    private static object Plain(Series series) =>
        new { median = series.Median, spread = series.Spread, minimum = series.Minimum, maximum = series.Maximum, values = series.Values };

    private static string Goal(Measurement one) => one.ReachesGoal is not { } reached
        ? ""
        : $"{(one.Figure.GoalRatio is { } ratio ? $"{ratio:G3} times" : $"{one.Figure.Goal:G4}")} {(reached ? "reached" : "MISSED")}";

    // Median and, after ±, the spread.
    private static string Cell(Series? series) => series is null ? "" : $"{series.Median:G4} ±{series.Spread:0%}";
}
