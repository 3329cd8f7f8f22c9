using System.Collections;
using System.Management.Automation;
using System.Text;
using VirtEngine.GuestAgent;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Runs a command inside virtual machines, by the guest agent, and gives its result as an object.</summary>
/// <example><code>Invoke-VirtCommand -Machine web01 -Command 'uname -r'</code>Runs a line of the guest's shell.</example>
/// <example><code>Invoke-VirtCommand web01 /usr/bin/id -ArgumentList '-u', 'root' -Timeout 10s</code>Runs a program without a shell, for 10 seconds at most.</example>
/// <example><code>Get-VirtMachine lab* | Invoke-VirtCommand -Command 'cat' -InputObject 'one', 'two'</code>Gives a command two lines as its standard input, in several guests.</example>
[Cmdlet(VerbsLifecycle.Invoke, "VirtCommand", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(VirtCommandResult), typeof(Job))]
public sealed class InvokeVirtCommandCommand : LongMachineCmdlet
{
    /// <summary>A line of the guest's shell; with -ArgumentList, a program.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Command { get; set; } = "";

    /// <summary>Arguments, each passed as it is: the command is run as a program, without a shell.</summary>
    [Parameter(Position = 2)]
    [AllowEmptyCollection]
    public string[]? ArgumentList { get; set; }

    /// <summary>The shell that runs the line: /bin/sh, cmd.exe, powershell.exe or another that takes -c.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Shell { get; set; } = "/bin/sh";

    /// <summary>What the command reads: bytes as they are, a text as UTF-8, several objects as lines.</summary>
    [Parameter]
    [Alias("StdIn")]
    public object? InputObject { get; set; }

    /// <summary>Environment variables, in place of the agent's own.</summary>
    [Parameter]
    public Hashtable? Environment { get; set; }

    /// <summary>How long the command may run before it is killed: seconds, or 30s, 5m. Without it, as long as it takes.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Timeout { get; set; }

    private protected override bool IsAgreed(MachineInfo machine) => ShouldProcess(machine.Name, $"Invoke-VirtCommand {Command}");

    private protected override void Work(MachineInfo machine)
    {
        var command = new GuestCommand
        {
            Path = ArgumentList is null ? Shell : Command,
            Arguments = ArgumentList ?? [.. ShellArguments(Shell), Command],
            Environment = [.. Arguments.Pairs(Environment).Select(pair => $"{pair.Key}={pair.Value}")],
            Input = Bytes(InputObject),
            Timeout = Timeout,
        };
        var result = WithConnection(machine, (connection, cancellation) => connection.RunAsync(command, cancellation));
        WriteObject(new VirtCommandResult(machine, Command, result));
    }

    private static string[] ShellArguments(string shell)
    {
        var name = shell[(shell.LastIndexOfAny(['/', '\\']) + 1)..].ToLowerInvariant();
        return name switch
        {
            "cmd" or "cmd.exe" => ["/d", "/c"],
            "powershell" or "powershell.exe" or "pwsh" or "pwsh.exe" => ["-NoProfile", "-NonInteractive", "-Command"],
            _ => ["-c"],
        };
    }

    private static byte[]? Bytes(object? input) => (input is PSObject wrapped ? wrapped.BaseObject : input) switch
    {
        null => null,
        byte[] bytes => bytes,
        string text => Encoding.UTF8.GetBytes(text),
        IEnumerable lines => Encoding.UTF8.GetBytes(string.Concat(lines.Cast<object>().Select(line => $"{line}\n"))),
        var other => Encoding.UTF8.GetBytes($"{other}\n"),
    };
}
