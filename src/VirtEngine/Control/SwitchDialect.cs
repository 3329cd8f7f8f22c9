using VirtFoundation.Control;

namespace VirtEngine.Control;

/// <summary>The messages of a worker that is a switch.</summary>
internal static class SwitchDialect
{
    /// <summary>The role, the first word of the worker's command line.</summary>
    internal const string Role = "switch";

    /// <summary>The dialect.</summary>
    internal static readonly ControlDialect Instance = new(SwitchJson.Default.Options, new Dictionary<Type, string>
    {
        [typeof(StopSwitchRequest)] = "stop",
        [typeof(SwitchStatusReply)] = "status",
    });
}
