using AppLayer.Files;
using AppLayer.Resolution;
using VirtSpecs;
using static AppLayer.Tests.Registry.Stacking.RegistryTrees;

namespace AppLayer.Tests.Resolution;

public class LayerConflictsTests
{
    [Fact]
    public void What_two_layers_disagree_on_is_listed_with_who_wins()
    {
        var upper = Layer("upper", Directory("{ProgramFiles}/demo"), File("{ProgramFiles}/demo/same", "1"), File("{ProgramFiles}/demo/other", "1"),
            new() { Path = "{ProgramFiles}/gone", Kind = FileKind.Whiteout }, File("{ProgramFiles}/kind", "1"),
            Directory("{ProgramData}/Anew") with { Opaque = true }, Directory("{ProgramData}/Anew/kept"), File("{ProgramFiles}/demo/CASE", "1"));
        var lower = Layer("lower", Directory("{ProgramFiles}/demo"), File("{ProgramFiles}/demo/same", "1"), File("{ProgramFiles}/demo/other", "2"),
            Directory("{ProgramFiles}/gone"), File("{ProgramFiles}/gone/deep", "1"), Directory("{ProgramFiles}/kind"), File("{ProgramFiles}/kind/deep", "1"),
            Directory("{ProgramData}/Anew"), Directory("{ProgramData}/Anew/kept"), File("{ProgramData}/Anew/kept/deep", "1"), File("{ProgramFiles}/demo/case", "1"));
        Assert.Equal(
            [
                ("{ProgramData}/Anew/kept/deep", LayerConflictKind.Hidden, ConflictSeverity.Error),
                ("{ProgramFiles}/demo/case", LayerConflictKind.LetterCase, ConflictSeverity.Information),
                ("{ProgramFiles}/demo/other", LayerConflictKind.Content, ConflictSeverity.Warning),
                ("{ProgramFiles}/gone", LayerConflictKind.Deleted, ConflictSeverity.Error),
                ("{ProgramFiles}/kind", LayerConflictKind.FileKind, ConflictSeverity.Error),
            ],
            LayerConflicts.Find([upper, lower]).Select(conflict => (conflict.Path, conflict.Kind, conflict.Severity)));
        Assert.All(LayerConflicts.Find([upper, lower]), conflict => Assert.Equal(("upper", "lower"), (conflict.Winner, conflict.Loser)));
        Assert.All(LayerConflicts.Find([upper, upper with { Name = "the same" }]), conflict => Assert.Equal(LayerConflictKind.Hidden, conflict.Kind));
        Assert.Empty(LayerConflicts.Find([lower]));
    }

    [Fact]
    public void Services_that_are_configured_twice_are_told_as_errors()
    {
        var upper = Layer("upper") with { Registry = Tree(@"Machine\System\CurrentControlSet\Services\demo|ImagePath=a", @"Machine\Software\Demo|v=1") };
        var lower = Layer("lower") with { Registry = Tree(@"Machine\System\CurrentControlSet\Services\demo|ImagePath=b", @"Machine\Software\Demo|v=2") };
        Assert.Equal(
            [(@"HKLM\Software\Demo", "v", ConflictSeverity.Warning), (@"HKLM\System\CurrentControlSet\Services\demo", "ImagePath", ConflictSeverity.Error)],
            LayerConflicts.Find([upper, lower]).Select(conflict => (conflict.Path, conflict.Value!, conflict.Severity)));
    }

    private static ConflictLayer Layer(string name, params FileEntry[] entries) => new(name, new(LayerPlatform.Windows, entries), null);

    private static FileEntry Directory(string path) => new() { Path = path, Kind = FileKind.Directory };

    private static FileEntry File(string path, string content) => new()
    {
        Path = path, Kind = FileKind.File, Length = content.Length, Content = ContentDigest.Of(System.Text.Encoding.UTF8.GetBytes(content)),
    };
}
