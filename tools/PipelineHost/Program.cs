using System.Globalization;
using System.Management.Automation;
using PipelineHost.Execution;
using PipelineHost.Modules;

namespace PipelineHost;

/// <summary>Exit codes: 0 done, 1 an error ended the script, 2 something was asked that this host doesn't have, 130 stopped.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        Options options;
        string script;
        try
        {
            options = Options.Parse(arguments);
            script = options.Command ?? File.ReadAllText(options.File!);
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            Console.Error.WriteLine(Options.Usage);
            return 2;
        }

        var streams = new ConsoleStreams(Console.Out, Console.Error, !Console.IsErrorRedirected);
        var session = new Session(streams, options.File);
        Console.CancelKeyPress += (_, e) =>
        {
            // The second Ctrl+C ends the process.
            e.Cancel = !session.Stopping;
            session.Stop();
        };
        try
        {
            foreach (string module in options.Modules) ModuleLoader.Import(session, Path.GetFullPath(module), module);
            return new ScriptRunner(session).Run(script) ? 0 : 1;
        }
        catch (NotSupportedByHostException e)
        {
            streams.Flush();
            Console.Error.WriteLine((options.File is null ? "" : options.File + ": ") + e.Message);
            return 2;
        }
        catch (ModuleException e)
        {
            streams.Error(e.ErrorRecord, ErrorEnds.Script);
            return 1;
        }
        catch (PipelineStoppedException)
        {
            streams.Flush();
            return 130;
        }
    }
}
