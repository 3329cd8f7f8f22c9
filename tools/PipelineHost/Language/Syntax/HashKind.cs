namespace PipelineHost.Language.Syntax;

internal enum HashKind { Hashtable, Ordered, CustomObject }
