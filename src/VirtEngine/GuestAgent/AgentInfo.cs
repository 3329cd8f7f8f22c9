namespace VirtEngine.GuestAgent;

/// <summary>What the agent says about itself (<c>guest-info</c>).</summary>
/// <param name="Version">Its version.</param>
/// <param name="Commands">Names of the commands that it offers and has not disabled.</param>
public sealed record AgentInfo(string Version, IReadOnlyList<string> Commands);
