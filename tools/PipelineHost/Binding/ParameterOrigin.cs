namespace PipelineHost.Binding;

internal enum ParameterOrigin { Declared, Common, ShouldProcess, Dynamic }
