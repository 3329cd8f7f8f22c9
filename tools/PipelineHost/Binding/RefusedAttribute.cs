namespace PipelineHost.Binding;

/// <summary>Marks a parameter that PowerShell has and this host refuses by name.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RefusedAttribute : Attribute;
