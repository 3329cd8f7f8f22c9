namespace PipelineHost.Formatting;

/// <summary>How a type is shown by a format.ps1xml file.</summary>
internal sealed record View(string Name, IReadOnlyList<string> TypeNames, Layout Layout, IReadOnlyList<Field> Fields);
