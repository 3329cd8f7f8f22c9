namespace AppLayer.Paths;

/// <summary>Where one system has a known root.</summary>
/// <param name="Name">The root's name: a letter, then letters and digits.</param>
/// <param name="Text">Its path there, without a separator at its end, or the identifier. One that is empty is never found in text.</param>
/// <param name="ShortText">Its path with short names (<c>C:\PROGRA~1</c>), if it has one.</param>
public sealed record RootLocation(string Name, string Text, string? ShortText = null)
{
    /// <summary>What the text is.</summary>
    public RootKind Kind { get; init; }
}
