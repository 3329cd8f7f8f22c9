using System.Management.Automation;

namespace PipelineHost.Modules;

/// <summary>A module that cannot be imported, and why.</summary>
internal sealed class ModuleException(string errorId, string message, string path, Exception? inner = null)
    : RuntimeException(message, inner, errorId, ErrorCategory.ResourceUnavailable, path);
