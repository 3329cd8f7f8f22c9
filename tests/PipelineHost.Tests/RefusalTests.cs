namespace PipelineHost.Tests;

/// <summary>What this host doesn't know it names, with the place; it never guesses.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData("if ($true) { 1 }", "statement if", 1, 1)]
    [InlineData("'a'\nforeach ($x in 1) { $x }", "statement foreach", 2, 1)]
    [InlineData("1 | ForEach-Object { $_ }", "script block { }", 1, 20)]
    [InlineData("Get-ProbeItem a | Where-Object { $true }", "script block { }", 1, 32)]
    [InlineData("$x = 1 + 2", "operator +", 1, 8)]
    [InlineData("1,2 -contains 1", "operator -contains", 1, 5)]
    [InlineData("$x.y = 5", "operator =", 1, 6)]
    [InlineData("$x.Trim()", "method call", 1, 3)]
    [InlineData("[int]'5'", "type literal [int]", 1, 1)]
    [InlineData("[Guid]::NewGuid()", "type literal [Guid]", 1, 1)]
    [InlineData("Write-Output a > b", "redirection", 1, 16)]
    [InlineData("Write-Output a 2>&1", "redirection", 1, 16)]
    [InlineData("Write-Output @parameters", "splatting", 1, 14)]
    [InlineData("& 'Get-ProbeItem' a", "call operator &", 1, 1)]
    [InlineData(". ./x.ps1", "dot sourcing", 1, 1)]
    [InlineData("Write-Output a && Write-Output b", "&&", 1, 16)]
    [InlineData("$PSVersionTable", "$PSVersionTable", 1, 1)]
    [InlineData("$script:x", "$script:x", 1, 1)]
    [InlineData("$?", "$?", 1, 1)]
    [InlineData("\n  Get-ChildItem /", "command Get-ChildItem", 2, 3)]
    [InlineData("1 | Select-Object -Unique", "Select-Object -Unique", 1, 1)]
    [InlineData("Get-ProbeItem a | Select-Object @{n='x'; e='y'}", "a calculated property", 1, 1)]
    [InlineData("1 | Select-Object -Index 0", "Select-Object -Index", 1, 1)]
    [InlineData("-not $x", "operator -not", 1, 1)]
    [InlineData("$x += 1", "operator +=", 1, 4)]
    [InlineData("1..3", "operator ..", 1, 2)]
    [InlineData("Write-Output --% a", "--%", 1, 14)]
    [InlineData("$true = 1", "assignment to $true", 1, 7)]
    public void Construct_is_refused_by_name_and_place(string script, string what, int line, int column)
    {
        var host = new ScriptHost();
        host.Import(typeof(BindingProbe.Format).Assembly.Location);
        var error = Assert.Throws<NotSupportedException>(() => host.Run(script));
        Assert.Equal($"not supported by PipelineHost: {what} (line {line}, column {column})", error.Message);
    }

    [Fact]
    public void Script_with_a_refused_construct_at_its_end_runs_nothing()
    {
        var host = new ScriptHost();
        Assert.Throws<NotSupportedException>(() => host.Run("$x = 'ran'\nwhile ($true) { }"));
        Assert.Throws<NotSupportedException>(() => host.Run("$x = 'ran'\n\"$(Get-Date)\""));
        Assert.Equal([null], host.Run("$x").Output);
    }

    [Fact]
    public void Deep_nesting_is_refused_not_overflown() =>
        Assert.Throws<NotSupportedException>(() => new ScriptHost().Run(new string('(', 100_000)));
}
