namespace AppLayer.Applications;

/// <summary>What a virtual application is doing.</summary>
public enum ApplicationState
{
    /// <summary>None of its programs runs.</summary>
    Stopped,

    /// <summary>Its view is being made.</summary>
    Starting,

    /// <summary>Programs run in its view.</summary>
    Running,

    /// <summary>It could not be started, or its worker was lost.</summary>
    Failed,
}
