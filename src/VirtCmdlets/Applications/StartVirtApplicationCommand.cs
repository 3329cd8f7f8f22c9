using System.Collections;
using System.Management.Automation;
using AppLayer.Applications;
using VirtFoundation;

namespace VirtCmdlets;

/// <summary>
/// Starts programs of virtual applications, each application in a view of its own that outlives the shell. A program of an application that
/// runs already joins it. With -Wait the result says how the program ended, and what it wrote. What of the application's rules could not be kept
/// is told by a warning. Of a Windows program's exit code Wine passes on the last 8 bits: msiexec's 1603 reads as 67, and 256 as 0.
/// </summary>
/// <example><code>Start-VirtApplication node-22 -ArgumentList '--version' -Wait</code>Runs a program to its end, and shows its exit code and output.</example>
/// <example><code>Start-VirtApplication node-22 -PassThru</code>Starts a program and shows the application.</example>
/// <example><code>Start-VirtApplication node-22 -Command '{System}\cmd.exe' -ArgumentList '/c', 'set' -Wait</code>Runs another program in the application's view.</example>
/// <example><code>Start-VirtApplication node-22 -ArgumentList 'serve.js' -Environment @{ PORT = 8080; DEBUG = $null }</code>Sets a variable for one program, and takes another away.</example>
[Cmdlet(VerbsLifecycle.Start, "VirtApplication", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(ApplicationInfo), typeof(VirtApplicationResult), typeof(Job))]
public sealed class StartVirtApplicationCommand : LongApplicationCmdlet
{
    /// <summary>Arguments behind those of the spec; with -Command, all arguments.</summary>
    [Parameter(Position = 1)]
    [Alias("Args")]
    [AllowEmptyCollection]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>Another program of the application's view, written as in a spec.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Command { get; set; }

    /// <summary>The directory to run in, instead of the spec's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? WorkingDirectory { get; set; }

    /// <summary>Environment variables for this program alone, over those of the spec: names with texts, or with $null to take one away.</summary>
    [Parameter]
    public Hashtable? Environment { get; set; }

    /// <summary>Waits for the program's end, and that of the run if no other program is left in it, and writes the result.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long to wait: seconds, or 30s, 5m. Without it, as long as it takes. The program goes on.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Timeout { get; set; }

    /// <summary>Writes the applications.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override bool IsAgreed(ApplicationInfo application) => ShouldProcess(application.Name, "Start-VirtApplication");

    private protected override void Work(ApplicationInfo application)
    {
        var request = new StartRequest
        {
            Arguments = ArgumentList, Command = Command, WorkingDirectory = WorkingDirectory, Environment = Arguments.Variables(Environment),
        };
        var program = WithProgress($"Starting {application.Name}", ProgressWords.Activation, (progress, cancellation) =>
            Applications.StartAsync(application.Id, request, progress, cancellation));
        foreach (var note in program.Notes)
        {
            WriteWarning($"{application.Name}: {note}");
        }

        if (Wait)
        {
            WriteObject(WithLimit(cancellation => ResultAsync(application, program, cancellation), Timeout, () => new(
                VirtErrorCode.ApplicationWaitTimeout, $"'{program.Command}' of '{application.Name}' had not ended within {Timeout?.TotalSeconds:0.#} s; it goes on.")));
        }

        if (PassThru)
        {
            WriteApplication(application.Id);
        }
    }

    private async Task<VirtApplicationResult> ResultAsync(ApplicationInfo application, ProgramRecord program, CancellationToken cancellation)
    {
        var code = await Applications.WaitAsync(application.Id, program.Number, cancellation).ConfigureAwait(false);
        var output = await ReadAsync(isError: false).ConfigureAwait(false);
        var error = await ReadAsync(isError: true).ConfigureAwait(false);
        var now = await Applications.GetAsync(application.Id, cancellation).ConfigureAwait(false);
        if (LocalApplicationHost.IsRunning(now) && now.Programs.All(one => one.Ended is not null))
        {
            // The last one: what the run changed is kept, and the application can be reset or removed.
            now = await Applications.WaitForEndAsync(application.Id, cancellation).ConfigureAwait(false);
        }

        return new(application, now.Programs.FirstOrDefault(one => one.Number == program.Number) ?? program, code, output, error);

        async Task<byte[]> ReadAsync(bool isError)
        {
            using var bytes = new MemoryStream();
            await foreach (var part in Applications.ReadOutputAsync(application.Id, program.Number, isError, 0, follow: false, cancellation).ConfigureAwait(false))
            {
                bytes.Write(part.Data.Span);
            }

            return bytes.ToArray();
        }
    }
}
