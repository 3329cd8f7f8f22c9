namespace AppLayer.Paths;

/// <summary>Text holds a token that this system can't replace.</summary>
/// <param name="token">The token.</param>
/// <param name="position">Where it begins, in UTF-16 units.</param>
/// <param name="reason">Why not.</param>
public sealed class PathTokenException(string token, int position, string reason)
    : Exception($"The token {token} at position {position} can't be replaced: {reason}.")
{
    /// <summary>The token.</summary>
    public string Token { get; } = token;

    /// <summary>Where it begins, in UTF-16 units.</summary>
    public int Position { get; } = position;
}
