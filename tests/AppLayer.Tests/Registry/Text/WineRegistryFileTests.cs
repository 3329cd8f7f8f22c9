using System.Text;
using AppLayer.Registry;
using AppLayer.Registry.Text;

namespace AppLayer.Tests.Registry.Text;

public sealed class WineRegistryFileTests
{
    // As wineserver 8.0 writes it.
    private const string File = """
        WINE REGISTRY Version 2
        ;; All keys relative to \\Machine

        #arch=win64

        [Software\\Classes\\.x] 1700000000
        #time=1da1670a3c4e400
        #class="REG\\\"x"
        @="txtfile"
        "Path"=str(2):"%SystemRoot%\\x"
        "List"=str(7):"one\0two\0"
        "N\xe4me"="\x20acg\x00e4a\r\n\t\0017\1x"
        "Bytes"=hex:00,01,02,03,04,05,06,07,08,09,0a,0b,0c,0d,0e,0f,10,11,12,13,14,15,\
          16,17,18
        "Number"=dword:0000002a
        "Odd"=hex(1):41,00,42
        "Own"=hex(ffff0012):01

        [System\\CurrentControlSet] 1700000001
        #time=1da1670a3c4e401
        #link
        "SymbolicLinkValue"=hex(6):5c,00

        [a\[b\]\\c] 0
        #time=0000000001

        """;

    [Fact]
    public void What_wineserver_wrote_is_read_and_written_again()
    {
        var bytes = Encoding.ASCII.GetBytes(File.ReplaceLineEndings("\n").Replace("#time=0000000001", "#time=000000001"));
        var file = WineRegistryFile.Parse(bytes);
        Assert.Equal(@"\Machine", file.BaseKey);
        Assert.Equal(WineArchitecture.Win64, file.Architecture);
        Assert.Equal([@"Software\Classes\.x", @"System\CurrentControlSet", @"a[b]\c"], file.Sections.Select(section => section.Path));
        var first = file.Sections[0];
        Assert.Equal(1_700_000_000u, first.Seconds);
        Assert.Equal(0x1da1670a3c4e400u, first.Time!.Value.Ticks);
        Assert.Equal("REG\\\"x", first.Class);
        Assert.Equal(
            [
                RegistryText.String("", "txtfile"),
                RegistryText.Value("Path", RegistryValueType.ExpandString, @"%SystemRoot%\x"),
                RegistryText.Value("List", RegistryValueType.MultiString, "one\0two\0"),
                RegistryText.String("Näme", "€gäa\r\n\t\u00017\u0001x"),
                RegistryText.Bytes("Bytes", 3, [.. Enumerable.Range(0, 25).Select(i => (byte)i)]),
                RegistryText.Bytes("Number", 4, 42, 0, 0, 0),
                RegistryText.Bytes("Odd", 1, 65, 0, 66),
                RegistryText.Bytes("Own", 0xFFFF0012, 1),
            ],
            first.Values);
        Assert.True(file.Sections[1].IsLink);
        Assert.Equal(Encoding.ASCII.GetString(bytes), Encoding.ASCII.GetString(file.ToBytes()));
    }

    [Fact]
    public void Comments_unknown_options_and_repeated_keys_are_kept()
    {
        const string text = "WINE REGISTRY Version 2\n; by hand\n#new=1\n\n[B] 5\n; of B\n#option=7\n\"x\"=\"1\"\n\n[a]\n\n[b] 7\n\"X\"=\"2\"\n";
        var file = WineRegistryFile.Parse(Encoding.ASCII.GetBytes(text));
        Assert.Null(file.BaseKey);
        Assert.Equal(text, Encoding.ASCII.GetString(file.ToBytes()));

        var tree = file.ToTree();
        Assert.Equal(["a", "B"], tree.Subkeys.Select(key => key.Name));
        Assert.Equal(RegistryText.String("X", "2"), Assert.Single(tree.Find("b")!.Values));
        Assert.Equal(116_444_736_050_000_000u, tree.Find("b")!.LastWrite.Ticks);
    }

    [Fact]
    public void A_tree_goes_through_the_text_unharmed()
    {
        var tree = RegistryText.Sample();
        var deep = tree.Find(@"Software\Näme [1] with_under\Deep")!;
        deep.Class = "Clä\"ss";
        deep.IsLink = true;
        var bytes = WineRegistryFile.FromTree(tree, @"\Machine", WineArchitecture.Win32).ToBytes();
        var back = WineRegistryFile.Parse(bytes).ToTree();

        // Keys without a section have the time of the first below them.
        foreach (var path in new[] { "", "Software", @"Software\Näme [1] with_under" }) tree.Find(path)!.LastWrite = deep.LastWrite;
        Assert.Equal(RegistryText.Lines(tree, times: true), RegistryText.Lines(back, times: true));
        Assert.Equal(bytes, WineRegistryFile.FromTree(back, @"\Machine", WineArchitecture.Win32).ToBytes());
    }

    [Fact]
    public void Keys_are_in_the_order_of_lower_case_as_wineserver_has_them()
    {
        var tree = new RegistryKey("");
        foreach (var name in new[] { "aZ", "a_", "aB", "a" }) tree.Create(name);
        Assert.Equal(["a", "a_", "aB", "aZ"], WineRegistryFile.FromTree(tree, "x", WineArchitecture.None).Sections.Select(section => section.Path));
    }

    [Fact]
    public void Marks_of_layers_are_refused()
    {
        var tree = new RegistryKey("");
        var key = tree.Create("a");
        key.Set(RegistryValue.Tombstone("v"));
        Assert.Throws<ArgumentException>(() => WineRegistryFile.FromTree(tree, "x", WineArchitecture.None));
        key.RemoveValue("v");
        key.Mark = LayerMark.Supersede;
        Assert.Throws<ArgumentException>(() => WineRegistryFile.FromTree(tree, "x", WineArchitecture.None));
    }

    [Theory]
    [InlineData("REGEDIT4", 1, 1, "the line 'WINE REGISTRY Version 2'")]
    [InlineData("\"x\"=\"1\"", 2, 1, "a key before the first value")]
    [InlineData("#arch=arm64", 2, 7, "win32 or win64")]
    [InlineData("[a", 2, 2, "text that ends with ']' in its line")]
    [InlineData("[a\\\\\\\\b] 1", 2, 2, "names of keys of 1 to 255 characters")]
    [InlineData("[a] 1x", 2, 6, "the end of the line")]
    [InlineData("[a] 4294967296", 2, 5, "seconds since 1970, up to 32 bits")]
    [InlineData("[a] 1\n#time=g", 3, 7, "1 to 16 hexadecimal digits")]
    [InlineData("[a] 1\nx", 3, 1, "a key, a value, an option or a comment")]
    [InlineData("[a] 1\n\"x\" \"1\"", 3, 5, "'='")]
    [InlineData("[a] 1\n\"x\"=1", 3, 5, "a quoted text, str(2):, str(7):, dword:, hex: or hex(type):")]
    [InlineData("[a] 1\n\"x\"=\"1", 3, 6, "text that ends with '\"' in its line")]
    [InlineData("[a] 1\n\"x\"=dword:123456789", 3, 19, "at most 8 hexadecimal digits")]
    [InlineData("[a] 1\n\"x\"=hex:0g", 3, 10, "','")]
    [InlineData("[a] 1\n\"x\"=hex:01,\\\n  0z", 4, 4, "','")]
    [InlineData("[a] 1\n\"x\"=hex:01,\\", 3, 1, "the line that continues the value")]
    [InlineData("[a] 1\n\"x\"=hex(6:00", 3, 10, "'):'")]
    public void Errors_say_where_and_what_was_expected(string text, int line, int column, string expected)
    {
        text = line == 1 ? text : "WINE REGISTRY Version 2\n" + text;
        var error = Assert.Throws<WineRegistryException>(() => WineRegistryFile.Parse(Encoding.ASCII.GetBytes(text)));
        Assert.Equal((expected, column), (error.Expected, error.Column));
        Assert.True(error.Line == line || expected.StartsWith("the line that", StringComparison.Ordinal), error.Message);
    }

    [Fact]
    public void Limits_hold()
    {
        static void Refused(string text, RegistryTextLimits limits) =>
            Assert.StartsWith("a", Assert.Throws<WineRegistryException>(() => WineRegistryFile.Parse(Encoding.ASCII.GetBytes("WINE REGISTRY Version 2\n" + text), limits)).Expected, StringComparison.Ordinal);

        Refused("", new() { File = 10 });
        Refused("; " + new string('x', 100), new() { Line = 50 });
        Refused("[a\\\\b\\\\c]\n[a\\\\b\\\\d\\\\e]", new() { Keys = 4 });
        Refused("[a]\n@=\"1\"\n\"b\"=\"2\"", new() { Values = 1 });
        Refused("[a]\n@=hex:01,\\\n02,\\\n03", new() { Data = 2 });
        Refused("[a]\n@=\"123\"", new() { Data = 6 });
        Refused($"[{string.Join("\\\\", Enumerable.Repeat("a", 513))}]", new());
        Assert.Throws<WineRegistryException>(() => WineRegistryFile.Parse(Encoding.ASCII.GetBytes($"WINE REGISTRY Version 2\n[{new string('a', 256)}]")));
        Assert.Single(WineRegistryFile.Parse(Encoding.ASCII.GetBytes("WINE REGISTRY Version 2\n[a\\\\b\\\\c]"), new() { Keys = 3 }).Sections);
    }
}
