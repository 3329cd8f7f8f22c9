using System.Diagnostics;
using System.Globalization;

namespace PipelineHost.Tests;

/// <summary>A module as its users have it: a manifest with views and types, run from the command line.</summary>
public sealed class ModuleTests : IDisposable
{
    private const string View = """
        <Configuration><ViewDefinitions>
          <View><Name>Item</Name><ViewSelectedBy><TypeName>BindingProbe.ProbeItem</TypeName></ViewSelectedBy>
            <TableControl>
              <TableHeaders>
                <TableColumnHeader><Label>Item name</Label><Width>6</Width></TableColumnHeader>
                <TableColumnHeader><Label>Bytes</Label><Width>8</Width><Alignment>Right</Alignment></TableColumnHeader>
              </TableHeaders>
              <TableRowEntries><TableRowEntry><TableColumnItems>
                <TableColumnItem><PropertyName>Name</PropertyName></TableColumnItem>
                <TableColumnItem><PropertyName>Size</PropertyName><FormatString>{0:N1}</FormatString></TableColumnItem>
              </TableColumnItems></TableRowEntry></TableRowEntries>
            </TableControl></View>
          <View><Name>ItemList</Name><ViewSelectedBy><TypeName>BindingProbe.ProbeItem</TypeName></ViewSelectedBy>
            <ListControl><ListEntries><ListEntry><ListItems>
              <ListItem><Label>The name</Label><PropertyName>Name</PropertyName></ListItem>
              <ListItem><PropertyName>Length</PropertyName></ListItem>
            </ListItems></ListEntry></ListEntries></ListControl></View>
        </ViewDefinitions></Configuration>
        """;
    private const string Types = """
        <Types><Type><Name>BindingProbe.ProbeItem</Name><Members>
          <AliasProperty><Name>Length</Name><ReferencedMemberName>Size</ReferencedMemberName></AliasProperty>
        </Members></Type></Types>
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void Lists_show_texts_of_several_lines_on_several_lines()
    {
        string manifest = Write("Probe.psd1", Manifest());
        (int exit, string output, string errors) = Run("-Module", manifest, "-Command",
            "[pscustomobject]@{ Text = \"one`ntwo`n\"; Number = 1 } | Format-List Text, Number");
        Assert.Equal(("", 0), (errors, exit));
        Assert.Equal("Text   : one\n         two\n\nNumber : 1", output.ReplaceLineEndings("\n").Trim());
    }

    [Fact]
    public void Objects_are_shown_by_the_modules_views()
    {
        string manifest = Write("Probe.psd1", Manifest());
        (int exit, string output, string errors) = Run("-Module", manifest, "-Command",
            "Get-ProbeItem web,database | Sort-Object Length -Descending\nGet-ProbeItem a | Format-List");
        Assert.Equal("", errors);
        Assert.Equal(0, exit);
        Assert.Equal(
            """

            Item …    Bytes
            ------    -----
            datab…     20.0
            web        10.0


            The name : a
            Length   : 10


            """.ReplaceLineEndings(), output);
    }

    [Fact]
    public void Objects_without_a_view_are_a_table_up_to_four_properties_and_a_list_beyond()
    {
        (int exit, string output, _) = Run("-Command",
            "[pscustomobject]@{Name='a'; Size=5}, [pscustomobject]@{Name='bcd'; Size=10}\n[pscustomobject]@{A=1; B=2; C=3; D=4; "
                + "Long=@(5,6)}\n@{k='v'}");
        Assert.Equal(0, exit);
        Assert.Equal(
            """

            Name Size
            ---- ----
            a       5
            bcd    10


            A    : 1
            B    : 2
            C    : 3
            D    : 4
            Long : {5, 6}


            Name                           Value
            ----                           -----
            k                              v


            """.ReplaceLineEndings(), output);
    }

    [Fact]
    public void Only_exported_commands_are_there()
    {
        string manifest = Write("Probe.psd1", Manifest("CmdletsToExport = 'Get-*'"));
        (int exit, string output, string errors) = Run("-Module", manifest, "-Command",
            "tps a\nGet-ProbeItem a | Select-Object -ExpandProperty Name");
        Assert.Contains("CommandNotFoundException", errors, StringComparison.Ordinal);
        Assert.Contains("At line:1 char:1", errors, StringComparison.Ordinal);
        Assert.Equal("a" + Environment.NewLine, output);
        Assert.Equal(0, exit);
    }

    [Fact]
    public void Script_imports_a_module_beside_it()
    {
        Write("Probe.psd1", Manifest());
        string script = Write("run.ps1",
            "Import-Module \"$PSScriptRoot/Probe.psd1\"\nGet-ProbeItem a | ForEach-Object Length\nImport-Module ./none.psd1");
        (int exit, string output, string errors) = Run("-File", script);
        Assert.Equal("10" + Environment.NewLine, output.Trim('\r', '\n') + Environment.NewLine);
        Assert.Contains("Modules_ModuleNotFound,Microsoft.PowerShell.Commands.ImportModuleCommand", errors, StringComparison.Ordinal);
        Assert.Equal(0, exit);
    }

    [Fact]
    public void Error_tells_id_action_and_place_and_ends_the_script_with_code_1()
    {
        string script = Write("fail.ps1",
            "'before'\nWrite-ProbeStream a -WithError -WithDetails -ErrorAction Stop -WarningAction Ignore\n'after'");
        (int exit, string output, string errors) = Run("-Module", typeof(BindingProbe.Format).Assembly.Location, "-File", script);
        Assert.Equal(1, exit);
        Assert.Equal("before" + Environment.NewLine, output);
        Assert.Contains("details a", errors, StringComparison.Ordinal);
        Assert.Contains("ErrorId: ProbeStreamError,BindingProbe.WriteProbeStreamCommand", errors, StringComparison.Ordinal);
        Assert.Contains("Recommended action: Do something else.", errors, StringComparison.Ordinal);
        Assert.Contains($"At {script}:2 char:1", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@{ RootModule = 'x.psm1' }", "x.psm1")]
    [InlineData("@{ RootModule = (Get-Date) }", "constants")]
    [InlineData("@{ ScriptsToProcess = 'a.ps1' }", "ScriptsToProcess in")]
    [InlineData("'text'", "constants")]
    [InlineData("@{ a = ", "line 1")]
    [InlineData("@{ RootModule = 'none.dll' }", "none.dll")]
    public void Manifest_that_this_host_cannot_use_is_refused(string text, string told)
    {
        Write("x.psm1", "");
        string manifest = Write("Bad.psd1", text);
        (int exit, _, string errors) = Run("-Module", manifest, "-Command", "'never'");
        Assert.NotEqual(0, exit);
        Assert.Contains(told, errors, StringComparison.Ordinal);
    }

    [Fact]
    public void View_with_a_script_block_is_refused_by_name_and_line()
    {
        Write("Probe.format.ps1xml",
            View.Replace("<PropertyName>Name</PropertyName>", "<ScriptBlock>$_.Name</ScriptBlock>", StringComparison.Ordinal));
        string manifest = Write("Probe.psd1", Manifest(), withViews: false);
        (int exit, _, string errors) = Run("-Module", manifest, "-Command", "'never'");
        Assert.Equal(2, exit);
        Assert.Contains("<ScriptBlock> in Probe.format.ps1xml, line 9", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Interrupt_stops_the_waiting_cmdlet_and_the_script()
    {
        if (OperatingSystem.IsWindows()) return;
        using Process host = Start("-Module", typeof(WaitProbeStopCommand).Assembly.Location, "-Command",
            "Write-Host ready\nWait-ProbeStop\n'never'");
        Assert.Equal("ready", host.StandardOutput.ReadLine());
        // The cmdlet may not have been reached; stopping then finds it stopped already.
        using (Process kill = Process.Start("kill", ["-INT", host.Id.ToString(CultureInfo.InvariantCulture)])) kill.WaitForExit();
        Assert.True(host.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal(130, host.ExitCode);
        Assert.Equal("", host.StandardOutput.ReadToEnd());
    }

    private static string Manifest(string more = "") => $$"""
        # A module made for a test.
        @{
            RootModule = '{{typeof(BindingProbe.Format).Assembly.Location}}'
            ModuleVersion = '1.2.3'
            GUID = '11112222-3333-4444-5555-666677778888'
            FormatsToProcess = @('Probe.format.ps1xml')
            TypesToProcess = 'Probe.types.ps1xml'
            FunctionsToExport = @()
            AliasesToExport = @()
            PrivateData = @{ PSData = @{ Tags = 'a', 'b' } }
            {{more}}
        }
        """;

    private string Write(string name, string text, bool withViews = true)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        if (!name.EndsWith(".psd1", StringComparison.Ordinal)) return path;
        if (withViews) File.WriteAllText(Path.Combine(_folder, "Probe.format.ps1xml"), View);
        File.WriteAllText(Path.Combine(_folder, "Probe.types.ps1xml"), Types);
        return path;
    }

    private static (int Exit, string Output, string Errors) Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true,
            RedirectStandardInput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "PipelineHost.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }
}
