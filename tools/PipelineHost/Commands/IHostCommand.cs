namespace PipelineHost.Commands;

/// <summary>A command of the host itself, which needs its session.</summary>
internal interface IHostCommand
{
    Execution.Session Host { get; set; }
}
