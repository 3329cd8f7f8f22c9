namespace FakeWorker;

/// <summary>What a fake machine plays, out of its spec's command line: <c>say=hello;agent=on;power=ignore</c>.</summary>
internal sealed record FakeScript
{
    /// <summary>What the guest writes to its console at once.</summary>
    public string Say { get; private init; } = "";

    /// <summary>Whether the guest has an agent.</summary>
    public bool Agent { get; private init; }

    /// <summary>Whether the guest shuts down when it is asked to.</summary>
    public bool Obeys { get; private init; } = true;

    /// <summary>What building the machine throws, or null.</summary>
    public string? Throws { get; private init; }

    public static FakeScript Parse(string text)
    {
        var script = new FakeScript();
        foreach (var line in text.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            script = line.Split('=', 2) switch
            {
                ["say", var words] => script with { Say = words },
                ["agent", var word] => script with { Agent = word == "on" },
                ["power", var word] => script with { Obeys = word != "ignore" },
                ["throw", var what] => script with { Throws = what },
                _ => throw new FormatException($"'{line}' is no line of a script."),
            };
        }

        return script;
    }
}
