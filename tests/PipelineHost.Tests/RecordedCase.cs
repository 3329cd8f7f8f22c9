using System.Text.Json;

namespace PipelineHost.Tests;

/// <summary>A script and what PowerShell did with it.</summary>
public sealed record RecordedCase(string Id, string Topic, string Script, string[] Output, RecordedError[] Errors, string[] WhatIf,
    string[] Verbose, string[] Warnings, string Order, bool Terminated)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true };

    public static IReadOnlyList<RecordedCase> All { get; } =
    [
        .. new[] { "cases.json", "cases-more.json" }.SelectMany(f =>
            JsonSerializer.Deserialize<RecordedCase[]>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Cases", f)), Options)!),
    ];
}
