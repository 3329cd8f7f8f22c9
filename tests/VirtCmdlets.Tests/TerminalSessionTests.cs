namespace VirtCmdlets.Tests;

/// <summary>Connect-VirtMachine at terminals: raw while it lasts, and as it was found afterwards, however it ended.</summary>
public sealed class TerminalSessionTests : IDisposable
{
    private const string Escape = "\x1d";

    private readonly Shell _shell = new();

    public TerminalSessionTests()
    {
        _shell.Run("New-VirtMachine web01 -Kernel /k -CommandLine 'say=hello' | Start-VirtMachine");
        _shell.Run("Wait-VirtMachine web01 -For Text -Text hello");
    }

    public void Dispose() => _shell.Dispose();

    [TerminalFact]
    public async Task Keys_go_to_the_guest_as_they_are_pressed_until_the_escape_key()
    {
        using var window = new TerminalWindow("Connect-VirtMachine web01");
        await window.WaitForAsync("Connected to 'web01'. Ctrl+] ends the session.");
        await window.WaitForAsync("hello"); // Written before.
        foreach (var off in (string[])["-icanon", "-echo", "-isig", "-opost", "-icrnl"])
        {
            Assert.Contains(off, window.Mode.Split((char[])[' ', '\n', ';'], StringSplitOptions.RemoveEmptyEntries));
        }

        window.Press("wörd\r");
        await window.WaitForAsync("you said wörd");
        window.Press("\x03\x1a");   // Ctrl+C, Ctrl+Z: the guest's
        window.Press("still here\r");
        await window.WaitForAsync("you said \x03\x1astill here");
        window.Press($"typed before{Escape}and never sent");
        await window.WaitForAsync("The session has ended; 'web01' goes on.");
        await window.WaitForAsync("the prompt is back");

        Assert.Equal(window.Before, window.After);
        _shell.Run("Send-VirtMachine web01 '' ; Wait-VirtMachine web01 -For Text -Text 'you said typed before'");
        Assert.DoesNotContain("never", string.Join('\n', _shell.Run("Receive-VirtMachine web01")), StringComparison.Ordinal);
        Assert.Equal(VirtEngine.Machines.MachineState.Running, _shell.One<VirtEngine.Hosts.MachineInfo>("Get-VirtMachine").State);
    }

    [TerminalFact]
    public async Task Two_terminals_see_the_same_and_the_end_of_the_machine_ends_both()
    {
        using var one = new TerminalWindow("Connect-VirtMachine web01 -Tail 0");
        using var other = new TerminalWindow("Get-VirtMachine web01 | Connect-VirtMachine");
        await one.WaitForAsync("Connected");
        await other.WaitForAsync("hello");

        one.Press("from one\r");
        await other.WaitForAsync("you said from one");
        other.Press("from the other\r");
        await one.WaitForAsync("you said from the other");
        Assert.DoesNotContain("hello", one.Screen, StringComparison.Ordinal);
        one.Press("exit\r");

        foreach (var window in (TerminalWindow[])[one, other])
        {
            await window.WaitForAsync("'web01' is stopped.");
            await window.WaitForAsync("the prompt is back");
            Assert.Equal(window.Before, window.After);
        }
    }

    [TerminalFact]
    public async Task A_terminal_is_given_back_when_the_command_is_told_to_end_or_its_worker_is_killed()
    {
        using (var window = new TerminalWindow("Connect-VirtMachine web01"))
        {
            await window.WaitForAsync("Connected");
            window.Signal("TERM");
            await window.WaitForAsync("the prompt is back");
            Assert.Equal(window.Before, window.After);
        }

        using (var window = new TerminalWindow("Connect-VirtMachine web01"))
        {
            await window.WaitForAsync("Connected");
            window.Press("die\r");
            await window.WaitForAsync("the prompt is back");
            Assert.Contains("WorkerLost", window.Screen, StringComparison.Ordinal);
            Assert.Equal(window.Before, window.After);
        }
    }

    [TerminalFact]
    public async Task A_machine_that_is_off_is_an_error_and_the_terminal_untouched()
    {
        _shell.Run("New-VirtMachine off -Kernel /k");
        using var window = new TerminalWindow("Connect-VirtMachine off");
        await window.WaitForAsync("MachineNotRunning");
        await window.WaitForAsync("the prompt is back");
        Assert.Equal(window.Before, window.After);
        Assert.DoesNotContain("Connected", window.Screen, StringComparison.Ordinal);
    }
}
