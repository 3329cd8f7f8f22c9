using AppLayer.Resolution;

namespace VirtCmdlets.Tests;

public sealed class LayerStoryTests : IDisposable
{
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Who_gives_what_in_a_stack_is_seen_before_anything_is_started()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        MakeLayer("low", ("tool", "low"), ("text", "text"));
        MakeLayer("high", ("tool", "higher"));
        _shell.Run("New-VirtApplication demo -Layer high@1, low@1 -Command /opt/demo/tool | Out-Null");

        var found = _shell.One<ResolvedPath>("Get-VirtApplication demo | Resolve-VirtLayerPath -Path /opt/demo/tool");
        Assert.Equal(("high@1", PartyKind.Layer, 6L), (found.Winner, found.WinnerKind, found.Length));
        Assert.Equal(
            ["/opt/demo/text low@1", "/opt/demo/tool high@1"],
            _shell.Run("Resolve-VirtLayerPath -Layer high, low -Recurse | Where-Object Kind -eq File")
                .Cast<ResolvedPath>().Select(one => $"{one.Path} {one.Winner}"));
        Assert.Equal(
            [PartyRole.Gives, PartyRole.Hidden],
            _shell.Run("Resolve-VirtLayerPath demo '{Root}/opt/demo/tool' -Explain | Where-Object Kind -eq Layer").Cast<PathParty>().Select(party => party.Role));
        Assert.StartsWith("PathNotFound,", _shell.Fail("Resolve-VirtLayerPath demo /opt/demo/nothing").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("ParameterInvalid,", _shell.Fail("Resolve-VirtLayerPath demo -Value x").FullyQualifiedErrorId, StringComparison.Ordinal);

        foreach (var command in (string[])["Compare-VirtLayer high, low@1", "'high', 'low' | Compare-VirtLayer", "Compare-VirtLayer -Application demo"])
        {
            var conflict = _shell.One<LayerConflict>(command);
            Assert.Equal(("{Root}/opt/demo/tool", "high@1", "low@1"), (conflict.Path, conflict.Winner, conflict.Loser));
        }

        Assert.StartsWith("ParameterInvalid,", _shell.Fail("Compare-VirtLayer low").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("LayerNotFound,", _shell.Fail("Compare-VirtLayer low, nobody").FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    private void MakeLayer(string name, params (string Name, string Content)[] files)
    {
        var directory = Directory.CreateDirectory(_shell[name]).FullName;
        foreach (var (file, content) in files)
        {
            File.WriteAllText(Path.Combine(directory, file), content);
        }

        _shell.Run($"New-VirtLayer {name} 1 Linux -Directory '{directory}' -Target '{{Root}}/opt/demo' | Out-Null");
    }
}
