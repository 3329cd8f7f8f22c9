using System.Text;
using VirtSpecs;

namespace VirtCmdlets.Tests;

/// <summary>What people, and those who wish them ill, give the cmdlets: each is refused with a word that helps.</summary>
public sealed class WrongInputTests(WrongInputTests.Situation situation) : IClassFixture<WrongInputTests.Situation>
{
    private const string Head = "apiVersion: virttools/v1\nkind: Machine\n";
    private const string Boot = "boot: {kernel: k}\n";

    private readonly Shell _shell = situation.Shell;

    /// <summary>A shell with one machine, in a directory with some files. What is refused leaves it as it is, so that one serves all.</summary>
    public sealed class Situation : IDisposable
    {
        private readonly string _before = Environment.CurrentDirectory;

        public Situation()
        {
            Environment.CurrentDirectory = Path.GetDirectoryName(Shell["x"])!;
            Directory.CreateDirectory("directory");
            File.WriteAllText("file", "content");
            File.WriteAllText("sound.yaml", Head + "name: web02\n" + Boot);
            File.WriteAllText("no-image.yaml", Head + "name: web03\nboot: {image: debain}\n---\n" + Head + "name: web02\n" + Boot);
            Shell.Run("New-VirtMachine web01 -Kernel /k -CommandLine 'say=hello'");
        }

        internal Shell Shell { get; } = new();

        public void Dispose()
        {
            Environment.CurrentDirectory = _before;
            Shell.Dispose();
        }
    }

    public static TheoryData<string, string, int, string> Specs => new()
    {
        { "a key nearly right", Head + "name: web01\nmemmory: 1GiB\n" + Boot, 4, "memory" },
        { "a value nearly right", "apiVersion: virttools/v1\nkind: Machin\nname: web01\n" + Boot, 2, "Machine" },
        { "a size without a unit", Head + "name: web01\nmemory: 1024\n" + Boot, 4, "memory" },
        { "a tab", Head + "name: web01\nboot:\n\tkernel: k\n", 5, "" },
        { "a bracket that stays open", Head + "name: web01\nboot: {kernel: k\n", 5, "" },
        { "a key twice", Head + "name: web01\nname: web02\n" + Boot, 4, "name" },
        { "a name twice", Head + "name: web01\n" + Boot + "---\n" + Head + "name: web01\n" + Boot, 8, "web01" },
        { "names that differ by case only", Head + "name: web01\n" + Boot + "---\n" + Head + "name: WEB01\n" + Boot, 8, "WEB01" },
        { "a name in another script", Head + "name: маши́на\n" + Boot, 3, "name" },
        { "a name that is a path", Head + "name: ../../etc\n" + Boot, 3, "name" },
        { "a NUL", Head + "name: \"web\\0\"\n" + Boot, 3, "name" },
        { "nothing", "", 1, "" },
        { "a text", "hello\n", 1, "" },
        { "a deep list", Head + "name: web01\nboot: " + new string('[', 100_000) + "\n", 4, "" },
        { "an alias bomb", Head + "name: web01\nnotes: &a [x, x]\nlabels: {a: &b [*a, *a], b: &c [*b, *b], c: &d [*c, *c]}\n" + Boot, 0, "" },
        { "an alias of itself", Head + "name: web01\nlabels: &a {a: *a}\n" + Boot, 4, "" },
        { "an alias without an anchor", Head + "name: *nowhere\n" + Boot, 3, "" },
        { "a foreign tag", Head + "name: !!python/object web01\n" + Boot, 3, "" },
        { "more than a spec can need", Head + "name: web01\nnotes: " + new string('x', 32 << 20) + "\n" + Boot, 0, "" },
    };

    [Theory]
    [MemberData(nameof(Specs))]
    public void A_faulty_spec_is_refused_with_its_place_and_a_hint(string what, string text, int line, string hint)
    {
        File.WriteAllText("faulty.yaml", text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

        foreach (var command in (string[])["Test-VirtSpec ./faulty.yaml", "Deploy-VirtSpec ./faulty.yaml"])
        {
            var result = _shell.Host.Run(command);

            Assert.True(result.Errors.Count > 0, $"{command} takes {what}.");
            Assert.All(result.Errors, error => Assert.StartsWith("SpecInvalid,", error.FullyQualifiedErrorId, StringComparison.Ordinal));
            var faults = result.Errors.Select(error => error.TargetObject).OfType<SpecError>().ToList();
            Assert.True(
                line == 0 || faults.Exists(fault => fault.Line == line && fault.Column > 0), $"{what} is told at {string.Join('\n', faults)}.");

            Assert.Contains(hint, string.Join('\n', result.Errors.Select(error => error.ToString())), StringComparison.Ordinal);
            Assert.All(result.Errors, error => Assert.InRange(error.ToString().Length, 10, 1000));
        }

        Assert.Single(_shell.Run("Get-VirtMachine"));
    }

    [Theory]
    [InlineData("Test-VirtSpec ./nowhere.yaml", "FileNotFound")]
    [InlineData("Test-VirtSpec ./nowhere/lab.yaml", "FileNotFound")]
    [InlineData("Import-VirtSpec ./directory", "StorageFailed")]
    [InlineData("Deploy-VirtSpec ./nowhere.yaml", "FileNotFound")]
    [InlineData("Deploy-VirtSpec ./no-image.yaml -WhatIf", "ImageNotFound")]
    [InlineData("Deploy-VirtSpec ./sound.yaml -Wait Text", "ParameterInvalid")]
    [InlineData("Deploy-VirtSpec ./sound.yaml -Wait Agent -Text x", "ParameterInvalid")]
    [InlineData("Export-VirtSpec web01 ./nowhere/web01.yaml", "StorageFailed")]
    [InlineData("Export-VirtSpec web01 ./directory", "StorageFailed")]
    [InlineData("Export-VirtSpec web01 ./file", "FileExists")]
    [InlineData("Export-VirtSpec nobody", "MachineNotFound")]
    [InlineData("New-VirtMachine web02 -Image debain", "ImageNotFound")]
    [InlineData("New-VirtMachine web02 -Image debain -WhatIf", "ImageNotFound")]
    [InlineData("New-VirtMachine Web01 -Kernel /k", "MachineNameInUse")]
    [InlineData("New-VirtMachine 'ünïcode' -Kernel /k", "SpecInvalid")]
    [InlineData("New-VirtMachine '../web' -Kernel /k", "SpecInvalid")]
    [InlineData("New-VirtMachine web02 -Kernel /k -Memory 1PiB", "SpecInvalid")]
    [InlineData("New-VirtMachine web02 -Kernel /k -Memory much", "CannotConvertArgumentNoMessage")]
    [InlineData("New-VirtMachine web02 -Kernel /k -Processors 0", "ParameterArgumentValidationError")]
    [InlineData("New-VirtMachine web02 -Kernel /k -Image x", "AmbiguousParameterSet")]
    [InlineData("New-VirtMachine web02 -Kernel /k -Hypervisor magic", "CannotConvertArgumentNoMessage")]
    [InlineData("Set-VirtMachine web01 -NewName 'a b'", "SpecInvalid")]
    [InlineData("Set-VirtMachine web01 -StopTimeout never", "ParameterArgumentTransformationError")]
    [InlineData("Set-VirtMachine nobody -Processors 2", "MachineNotFound")]
    [InlineData("Start-VirtMachine web01 -Wait Text", "ParameterInvalid")]
    [InlineData("Start-VirtMachine web01 -Wait Agent -Text x", "ParameterInvalid")]
    [InlineData("Start-VirtMachine web01 -Wait Lunch", "CannotConvertArgumentNoMessage")]
    [InlineData("Start-VirtMachine web01 -Timeout -1", "ParameterArgumentTransformationError")]
    [InlineData("Start-VirtMachine web01 -Timeout '60d'", "ParameterArgumentTransformationError")]
    [InlineData("Start-VirtMachine web01 -Timeout 1e300", "ParameterArgumentTransformationError")]
    [InlineData("Start-VirtMachine ''", "ParameterArgumentValidationError")]
    [InlineData("Wait-VirtMachine web01 -For Text", "ParameterInvalid")]
    [InlineData("Wait-VirtMachine web01", "MachineNotRunning")]
    [InlineData("Restart-VirtMachine nobody", "MachineNotFound")]
    [InlineData("Stop-VirtMachine nobody -TurnOff", "MachineNotFound")]
    [InlineData("Resume-VirtMachine web01", "MachineNotRunning")]
    [InlineData("Send-VirtMachine web01 -Text x", "MachineNotRunning")]
    [InlineData("Receive-VirtMachine web01 -Tail -1", "ParameterArgumentValidationError")]
    [InlineData("Receive-VirtMachine nobody", "MachineNotFound")]
    [InlineData("Get-VirtEvent nobody", "MachineNotFound")]
    [InlineData("Get-VirtEvent web01 -Newest -1", "ParameterArgumentValidationError")]
    [InlineData("Get-VirtMachine -Id web01", "CannotConvertArgumentNoMessage")]
    [InlineData("Invoke-VirtCommand web01 ''", "ParameterArgumentValidationError")]
    [InlineData("Copy-VirtItem ./directory /tmp/ -ToMachine web01", "ParameterInvalid")]
    [InlineData("Copy-VirtItem ./nowhere /tmp/ -ToMachine web01 -Recurse", "FileNotFound")]
    [InlineData("Copy-VirtItem -Path ./file -LiteralPath ./file -Destination /tmp/ -ToMachine web01", "AmbiguousParameterSet")]
    [InlineData("Measure-VirtMachine web01", "MachineNotRunning")]
    [InlineData("Measure-VirtMachine nobody", "MachineNotFound")]
    [InlineData("Measure-VirtMachine web01 -Interval soon", "ParameterArgumentTransformationError")]
    [InlineData("Connect-VirtMachine nobody", "MachineNotFound")]
    [InlineData("Connect-VirtMachine web01", "TerminalUnavailable")]
    [InlineData("Set-VirtMachine web01 -BalloonTarget much", "CannotConvertArgumentNoMessage")]
    [InlineData("Get-VirtEvent -Switch nobody", "SwitchNotFound")]
    [InlineData("Copy-VirtItem ./file /tmp/x -ToMachine web01", "MachineNotRunning")]
    [InlineData("Copy-VirtItem ./file /tmp/x -ToMachine nobody", "MachineNotFound")]
    [InlineData("Copy-VirtItem /x ./file -FromMachine web01", "FileExists")]
    [InlineData("Install-VirtImage mine -Kernel ./nowhere", "FileNotFound")]
    [InlineData("Install-VirtImage mine -Kernel ./file", "ImageInvalid")]
    [InlineData("Install-VirtImage mine -Kernel ./directory", "")]
    [InlineData("Install-VirtImage '../mine' -Kernel ./file", "ImageInvalid")]
    [InlineData("Get-VirtImage nowhere", "ImageNotFound")]
    [InlineData("Remove-VirtImage nowhere", "ImageNotFound")]
    [InlineData("Remove-VirtImage -Digest 0000", "ImageNotFound")]
    [InlineData("Remove-VirtMachine nobody", "MachineNotFound")]
    [InlineData("Get-VirtHost -Scope Galaxy", "CannotConvertArgumentNoMessage")]
    public void A_wrong_argument_is_an_error_that_tells_what_it_is(string command, string id)
    {
        var error = Assert.Single(_shell.Host.Run(command).Errors);

        Assert.StartsWith(id, error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain("InternalError", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("web01", Assert.IsType<VirtEngine.Hosts.MachineInfo>(Assert.Single(_shell.Run("Get-VirtMachine"))).Name);
        Assert.Equal("content", File.ReadAllText("file"));
    }

    [Fact]
    public void Only_the_machine_whose_image_is_missing_is_left_out()
    {
        var result = _shell.Host.Run("Deploy-VirtSpec ./no-image.yaml");

        Assert.StartsWith("ImageNotFound,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["web01", "web02"], _shell.Run("Get-VirtMachine").Select(one => ((VirtEngine.Hosts.MachineInfo)one!).Name));
        _shell.Run("Remove-VirtMachine web02 -Force");
    }

    [Fact]
    public void The_host_is_shown_in_words_and_sizes_that_people_use()
    {
        var text = string.Join('\n', _shell.Run("Get-VirtHost | Format-List | Out-String"));

        Assert.Matches(@"Memory\s+: \d+(\.\d)? GiB", text);
        Assert.Matches(@"Hypervisors : \{.*software \(usable: ", text);
        Assert.DoesNotContain("HypervisorInfo", text, StringComparison.Ordinal);
    }
}
