using System.Management.Automation;
using System.Reflection;
using VirtEngine.Tests.Boot;

namespace VirtCmdlets.Tests;

/// <summary>Every example of the help runs without an error, in the situation that it is for.</summary>
public sealed class HelpExampleTests : IDisposable
{
    private const string Lab =
        """
        apiVersion: virttools/v1
        kind: Machine
        name: lab01
        boot: {kernel: vmlinuz, commandLine: agent=on}
        """;

    private readonly Shell _shell = new();
    private readonly string _before = Environment.CurrentDirectory;

    public HelpExampleTests()
    {
        Environment.CurrentDirectory = Path.GetDirectoryName(_shell["x"])!;
        File.WriteAllBytes("vmlinuz", KernelFiles.Elf());
        File.WriteAllText("initrd.img", "");
        File.WriteAllText("app.conf", "content");
        File.WriteAllText("notes-setup.exe", "");
        Directory.CreateDirectory("guest");
    }

    public static TheoryData<string, string> Examples
    {
        get
        {
            var help = new HelpWriter(Path.Combine(AppContext.BaseDirectory, "VirtCmdlets.xml"));
            var data = new TheoryData<string, string>();
            foreach (var type in typeof(VirtCmdlet).Assembly.GetExportedTypes().Where(type => type.IsDefined(typeof(CmdletAttribute))))
            {
                foreach (var (code, _) in help.Examples(type))
                {
                    data.Add(HelpWriter.NameOf(type), code);
                }
            }

            return data;
        }
    }

    public void Dispose()
    {
        Environment.CurrentDirectory = _before;
        _shell.Dispose();
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task An_example_runs(string command, string example)
    {
        Prepare(command, example);
        // A fake guest's files are this computer's; only Debian's packages are not there for everybody.
        var script = example.Replace("/etc/", _shell["guest/"], StringComparison.Ordinal).Replace("/var/log/", _shell["guest/"], StringComparison.Ordinal);
        File.WriteAllText(_shell["guest/messages"], "");
        script = example == "Install-VirtImage" || NeedsOthers(command) ? script + " -WhatIf" : script;
        if (example.Contains("-EventName", StringComparison.Ordinal))
        {
            await UntilCtrlC(script);
            return;
        }

        if (command == "Connect-VirtMachine")
        {
            // No test stands at a terminal; TerminalSessionTests makes one.
            Assert.StartsWith("TerminalUnavailable,", _shell.Fail(script).FullyQualifiedErrorId, StringComparison.Ordinal);
            return;
        }

        _shell.Run(script);
    }

    private void Prepare(string command, string example)
    {
        var noun = command.Split('-')[1];
        if (noun == "VirtSwitch" || example.Contains("-Switch ", StringComparison.Ordinal))
        {
            PrepareSwitches(command);
            return;
        }

        if (example.Contains("-Application ", StringComparison.Ordinal) || noun is "VirtLayer" or "VirtLayerPath" or "VirtApplication" or "VirtCapture" or "VirtFootprint")
        {
            PrepareApplications(command, example);
            return;
        }

        switch (command.Split('-')[0])
        {
            case "New" or "Install":
                _shell.InstallImage("debian-12-cloud");
                return;
            case "Import" or "Test" or "Compare" or "Deploy":
                File.WriteAllText("lab.yaml", Lab);
                return;
            case "Get" or "Remove" when command.EndsWith("Image", StringComparison.Ordinal):
                _shell.InstallImage(command.StartsWith("Get", StringComparison.Ordinal) ? "debian-12-cloud" : "old01");
                return;
        }

        foreach (var name in example.Contains("lab", StringComparison.Ordinal) ? (string[])["lab01", "lab02"] : ["web01"])
        {
            _shell.Run($"New-VirtMachine {name} -Kernel ./vmlinuz -CommandLine 'say=login:;agent=on'");
        }

        if (command.Split('-')[0] is "Stop" or "Restart" or "Suspend" or "Resume" or "Invoke" or "Copy" or "Send" or "Wait" or "Measure" || example.Contains("Balloon", StringComparison.Ordinal))
        {
            _shell.Run("Start-VirtMachine * -Wait Agent");
        }

        if (command == "Resume-VirtMachine")
        {
            _shell.Run("Suspend-VirtMachine *");
        }
    }

    private void PrepareSwitches(string command)
    {
        if (command != "New-VirtSwitch")
        {
            _shell.Run("New-VirtSwitch lab");
        }

        if (command is "Get-VirtSwitch" or "Stop-VirtSwitch" or "Remove-VirtSwitch")
        {
            _shell.Run("Start-VirtSwitch lab");
        }
    }

    // Layers of files that stand for real ones.
    private void PrepareApplications(string command, string example)
    {
        if (command == "New-VirtApplication" || (NeedsOthers(command) && command != "Start-VirtApplication"))
        {
            return;
        }

        if (command.EndsWith("Footprint", StringComparison.Ordinal))
        {
            foreach (var name in (string[])["before", "after", "idle1", "idle2"])
            {
                _shell.Run($"Save-VirtFootprint ./{name}.footprint ./guest");
            }

            return;
        }

        if (command.EndsWith("Capture", StringComparison.Ordinal))
        {
            _shell.Run("Start-VirtCapture editor Linux -Place ./guest");
            File.WriteAllText("guest/new", "new");
            return;
        }

        Directory.CreateDirectory("files/nodejs");
        File.WriteAllText("files/nodejs/node.exe", "");
        foreach (var layer in (string[])["node 22.23.3", .. example.Contains("18.", StringComparison.Ordinal) ? ["node 18.20.8"] : Array.Empty<string>(),
            .. example.Contains("app@", StringComparison.Ordinal) ? ["app 1.0"] : Array.Empty<string>()])
        {
            _shell.Run($"New-VirtLayer {layer} Windows -Directory ./files -Target '{{ProgramFiles}}'");
        }

        if (command != "Remove-VirtLayer")
        {
            _shell.Run(@"New-VirtApplication node-22 node@22.23.3 '{ProgramFiles}\nodejs\node.exe'");
        }
    }

    // Wine, installers, packages, or a whole system: what is run for real elsewhere is only planned here.
    private static bool NeedsOthers(string command) =>
        command is "New-VirtLayer" or "Start-VirtApplication" or "Start-VirtCapture" or "Save-VirtFootprint";

    private async Task UntilCtrlC(string script)
    {
        var running = Task.Run(() => _shell.Host.Run(script));
        await Task.Delay(500);
        Assert.False(running.IsCompleted);
        _shell.Host.Stop();
        await Assert.ThrowsAsync<PipelineStoppedException>(() => running);
    }
}
