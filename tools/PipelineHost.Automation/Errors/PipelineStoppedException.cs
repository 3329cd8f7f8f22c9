namespace System.Management.Automation;

public class PipelineStoppedException : RuntimeException
{
    public PipelineStoppedException() : base("The pipeline has been stopped.", null, "PipelineStopped", ErrorCategory.OperationStopped) { }

    public PipelineStoppedException(string? message) : base(message) { }

    public PipelineStoppedException(string? message, Exception? innerException) : base(message, innerException) { }
}
