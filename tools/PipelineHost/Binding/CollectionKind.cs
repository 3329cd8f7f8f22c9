namespace PipelineHost.Binding;

internal enum CollectionKind { None, Array, List, Generic }
