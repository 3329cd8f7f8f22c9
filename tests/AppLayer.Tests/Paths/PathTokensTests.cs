using System.Text;
using AppLayer.Paths;
using FsCheck;
using FsCheck.Fluent;

namespace AppLayer.Tests.Paths;

/// <summary>Paths of one system become names of known roots, and paths again.</summary>
public sealed class PathTokensTests
{
    private const string Sid = "S-1-5-21-1-2-3-1001";
    private static readonly Config Seeded = Config.QuickThrowOnFailure.WithMaxTest(20_000).WithReplay(20261122, 3);

    private static readonly RootLocation[] Here =
        [.. KnownRoots.ForWindows("C:", "bob", Sid)
            .Select(root => root.Name == "ProgramFiles" ? root with { ShortText = @"C:\PROGRA~1" } : root)];

    private static readonly PathTokens Tokens = new(Here);

    [Theory]
    [InlineData(@"C:\Program Files\x", @"{ProgramFiles}\x")]
    [InlineData(@"C:\Program Files (x86)\x", @"{ProgramFilesX86}\x")]
    [InlineData(@"C:\Program Files\Common Files", "{ProgramFilesCommon}")]
    [InlineData(@"C:\Program FilesX\x", @"{SystemDrive}\Program FilesX\x")]
    [InlineData(@"""C:\Program Files\x\y.exe"" ""%1""", @"""{ProgramFiles}\x\y.exe"" ""%1""")]
    [InlineData(@"c:\program files\X", @"{ProgramFiles~l}\X")]
    [InlineData(@"C:\PROGRAM FILES\X", @"{ProgramFiles~u}\X")]
    [InlineData(@"c:\Program Files\X", @"{ProgramFiles~8}\X")]
    [InlineData(@"C:\PROGRA~1\x", @"{ProgramFiles:short}\x")]
    [InlineData(@"c:\progra~1\x", @"{ProgramFiles:short~l}\x")]
    [InlineData(@"C:\Windows\System32;C:\Windows", "{System};{Windows}")]
    [InlineData(@"\??\C:\Users\bob\AppData\Local\Temp\~1.tmp", @"\??\{Temp}\~1.tmp")]
    [InlineData(@"C:\Users\bobby\x", @"{UserProfiles}\bobby\x")]
    [InlineData("C:/Program Files/x", "{ProgramFiles:slash}/x")]
    [InlineData("file:///c:/windows/x", "file:///{Windows:slash~l}/x")]
    [InlineData("file:///C:/Program%20Files/x%20y", "file:///{ProgramFiles:url}/x%20y")]
    [InlineData("file:///C:/Program%20Files%20(x86)/x", "file:///{ProgramFilesX86:url}/x")]
    [InlineData("file:///C:/Program%20Files%20Old/x", "file:///{SystemDrive}/Program%20Files%20Old/x")]
    [InlineData(@"C:\\Program Files\\x", @"{ProgramFiles:doubled}\\x")]
    [InlineData(@"C:\\Windows\\System32", "{System:doubled}")]
    [InlineData("{System:doubled}", "{{}System:doubled}")]
    [InlineData($"{Sid}_Classes", "{UserSid}_Classes")]
    [InlineData($"{Sid}0", $"{Sid}0")]
    [InlineData($"{Sid}-5", $"{Sid}-5")]
    [InlineData(@"ABC:\Windows", @"ABC:\Windows")]
    [InlineData(@"{ProgramFiles}\x", @"{{}ProgramFiles}\x")]
    [InlineData("{Other:short~1F}{{}", "{{}Other:short~1F}{{}{}")]
    [InlineData("{00000000-0000-0000-C000-000000000046}", "{00000000-0000-0000-C000-000000000046}")]
    public void Known_paths_get_their_names_and_come_back_as_they_were(string text, string expected)
    {
        Assert.Equal(expected, Tokens.Tokenise(text));
        Assert.Equal(text, Tokens.Detokenise(expected));
    }

    [Theory]
    [InlineData(@"{ProgramFiles}\x", @"D:\Programme\x")]
    [InlineData(@"{ProgramFiles~l}\x", @"d:\programme\x")]
    [InlineData(@"{ProgramFiles:short~u}\x", @"D:\PROGRAMME\x")]
    [InlineData(@"{ProgramFiles~8000000000000000001}\x", @"d:\Programme\x")]
    [InlineData("{ProgramFiles:slash}/x", "D:/Programme/x")]
    [InlineData(@"{ProgramFiles:doubled~u}\\x", @"D:\\PROGRAMME\\x")]
    [InlineData("file:///{Ärger:url}/x", "file:///{Ärger:url}/x")]
    [InlineData("file:///{Other:url}/x", "file:///D:/%C3%84%20%23x/x")]
    public void On_another_system_it_is_that_ones_path(string text, string expected) =>
        Assert.Equal(expected, new PathTokens([new("ProgramFiles", @"D:\Programme"), new("Other", @"D:\Ä #x")]).Detokenise(text));

    [Fact]
    public void A_root_that_a_system_lacks_is_named()
    {
        var fault = Assert.Throws<PathTokenException>(() => Tokens.Detokenise(@"x {OneDrive}\y"));
        Assert.Equal(("{OneDrive}", 2), (fault.Token, fault.Position));
    }

    [Fact]
    public void A_name_takes_identifiers_but_no_paths()
    {
        Assert.Equal("{UserSid}", Tokens.Tokenise(Sid, TokenScope.Name));
        Assert.Equal(@"C:", Tokens.Tokenise("C:", TokenScope.Name));
        Assert.Throws<PathTokenException>(() => Tokens.Detokenise("{ProgramFiles}", TokenScope.Name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1a")]
    [InlineData("a b")]
    [InlineData("windows")]
    public void Names_that_are_none_or_there_twice_are_refused(string name) =>
        Assert.Throws<ArgumentException>(() => new PathTokens([new("Windows", @"C:\Windows"), new(name, "x")]));

    [Fact]
    public void Whatever_the_text_and_the_roots_the_way_there_and_back_changes_nothing() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var roots = Roots(random);
            var tokens = new PathTokens(roots);
            var text = Text(random, roots);
            foreach (var scope in new[] { TokenScope.Text, TokenScope.Name })
            {
                Assert.Equal(text, tokens.Detokenise(tokens.Tokenise(text, scope), scope));
            }
        }).Check(Seeded);

    [Fact]
    public void The_random_texts_hold_tokens_of_every_form()
    {
        var seen = new StringBuilder();
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var roots = Roots(random);
            seen.Append(new PathTokens(roots).Tokenise(Text(random, roots)));
        }

        var all = seen.ToString();
        Assert.All(["{{}", ":short}", ":slash}", ":doubled}", ":url}", "~l}", "~u}", "~8", "{R0}", "{R1}"], form => Assert.Contains(form, all, StringComparison.Ordinal));
    }

    [Fact]
    public void Names_of_the_known_roots_are_names_and_their_identifiers_differ()
    {
        Assert.Equal(KnownRoots.All.Count, KnownRoots.All.DistinctBy(root => root.Name, StringComparer.OrdinalIgnoreCase).Count());
        var ids = KnownRoots.All.Where(root => root.FolderId is not null).Select(root => root.FolderId).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal(@"C:\Users\bob\AppData\Roaming", Here.Single(root => root.Name == "AppData").Text);
    }

    private static RootLocation[] Roots(Random random) =>
        [.. Enumerable.Range(0, random.Next(5)).Select(i => new RootLocation($"R{i}", Piece(random), random.Next(2) == 0 ? null : Piece(random))
        {
            Kind = (RootKind)random.Next(2),
        })];

    /// <summary>A few letters, among them such as have several other cases, halves of pairs and all that tokens are made of.</summary>
    private static string Piece(Random random)
    {
        const string letters = "aAkK\u212AsS\u017FσςΣǅǆiİı{}~:\\/-19;\"\0 \uD800\uDC00ßẞ";
        return new(Enumerable.Range(0, random.Next(6)).Select(_ => letters[random.Next(letters.Length)]).ToArray());
    }

    private static string Text(Random random, RootLocation[] roots)
    {
        var text = new StringBuilder();
        for (var pieces = random.Next(8); pieces > 0; pieces--)
        {
            var some = roots.Length == 0 ? new("R0", "") : roots[random.Next(roots.Length)];
            var root = random.Next(2) == 0 ? some.Text : some.ShortText ?? "";
            text.Append(random.Next(13) switch
            {
                10 => root.Replace('\\', '/'),
                11 => root.Replace(@"\", @"\\", StringComparison.Ordinal),
                12 => PathForms.Write(some, PathForms.Url),
                0 or 1 => root,
                2 => root.ToLowerInvariant(),
                3 => root.ToUpperInvariant(),
                4 => new(root.Select(letter => random.Next(2) == 0 ? char.ToUpperInvariant(letter) : char.ToLowerInvariant(letter)).ToArray()),
                5 => new[] { "{R0}", "{r1~8}", "{R1:short~l}", "{{}", "{R0", "~u}", "{None}", "{R0:url}", "{R1:slash~8}" }[random.Next(9)],
                6 => "\\",
                _ => Piece(random),
            });
        }

        return text.ToString();
    }
}
