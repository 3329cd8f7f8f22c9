using System.Text;
using AppLayer.Registry;
using AppLayer.Registry.Text;

namespace AppLayer.Tests.Registry.Text;

public sealed class RegFileTests
{
    private const string Header = "Windows Registry Editor Version 5.00\r\n\r\n";

    [Theory]
    [InlineData("utf-16", "\r\n")]
    [InlineData("utf-8", "\r\n")]
    [InlineData("utf-8", "\n")]
    public void Version_5_is_read_in_both_encodings(string encoding, string newline)
    {
        const string text = """
            Windows Registry Editor Version 5.00

            ; a comment
            [HKEY_LOCAL_MACHINE\Software\Bra]cket [x]] ; and one here
            @="default"
            "Quote\"d \\ näme" = "C:\\x" ; here too
            "n"=DWORD:2A
            "list"=hex(7):61,00,00,00,\ ; more
              ; and between

            "gone"=-
            "long"=hex:00,01,\
              02,03

            [-hkcu\Software\Old\]
            # regedit's other comment
            [HKCR\.x]
            @=-
            """;
        var enc = Encoding.GetEncoding(encoding);
        byte[] bytes = [.. enc.GetPreamble(), .. enc.GetBytes(text.ReplaceLineEndings(newline))];
        var file = RegFile.Parse(bytes);
        Assert.Equal(
            [(RegRoot.LocalMachine, @"Software\Bra]cket [x]", false), (RegRoot.CurrentUser, @"Software\Old", true), (RegRoot.ClassesRoot, ".x", false)],
            file.Edits.Select(edit => (edit.Root, edit.Path, edit.IsDeletion)));
        Assert.Equal(
            [
                RegistryText.String("", "default"),
                RegistryText.String("Quote\"d \\ näme", "C:\\x"),
                RegistryText.Bytes("n", 4, 42, 0, 0, 0),
                RegistryText.Bytes("list", 7, 97, 0, 0, 0),
                RegistryValue.Tombstone("gone"),
                RegistryText.Bytes("long", 3, 0, 1, 2, 3),
            ],
            file.Edits[0].Values);
    }

    [Fact]
    public void Version_4_has_texts_in_its_code_page()
    {
        var bytes = Encoding.Latin1.GetBytes("REGEDIT4\r\n\r\n[HKLM\\K\xE4y]\r\n\"\x80\"=\"\xFC\"\r\n\"e\"=hex(2):80,00\r\n\"b\"=hex:80,00\r\n");
        var western = RegFile.Parse(bytes).Edits.Single();
        Assert.Equal("Käy", western.Path);
        Assert.Equal(
            [RegistryText.String("€", "ü"), RegistryText.Value("e", RegistryValueType.ExpandString, "€"), RegistryText.Bytes("b", 3, 0x80, 0)],
            western.Values);
        Assert.Equal(RegistryText.String("Ђ", "ь"), RegFile.Parse(bytes, 1251).Edits.Single().Values[0]);
    }

    [Fact]
    public void Version_4_is_written_where_the_code_page_has_the_characters()
    {
        var key = new RegistryKey("k");
        key.Set(RegistryText.String("a", "ü€"));
        key.Set(RegistryText.Value("e", RegistryValueType.ExpandString, "€"));
        key.Set(RegistryText.String("c", "line\nbreak"));
        var file = RegFile.FromTree(key, RegRoot.CurrentUser, "k");
        var bytes = file.ToBytes(RegFileVersion.Version4);
        Assert.Equal(
            "REGEDIT4\r\n\r\n[HKEY_CURRENT_USER\\k]\r\n\"a\"=\"\xFC\x80\"\r\n\"e\"=hex(2):80,00\r\n\"c\"=hex(1):6c,69,6e,65,0a,62,72,65,61,6b,00\r\n\r\n",
            Encoding.Latin1.GetString(bytes));
        Assert.Equal(file.Edits[0].Values, RegFile.Parse(bytes).Edits[0].Values);
        Assert.Throws<ArgumentException>(() => file.ToBytes(RegFileVersion.Version4, 932));
        Assert.Throws<ArgumentException>(() => file.ToBytes(RegFileVersion.Version4, 4711));
    }

    [Fact]
    public void A_tree_goes_through_version_5_unharmed()
    {
        var tree = RegistryText.Sample();
        var file = RegFile.Parse(RegFile.FromTree(tree, RegRoot.LocalMachine, "").ToBytes());
        var back = new RegistryKey("");
        file.ApplyTo(back);
        Assert.Equal(RegistryText.Lines(tree, times: false), RegistryText.Lines(back.Find("HKEY_LOCAL_MACHINE")!, times: false));
    }

    [Fact]
    public void Edits_change_a_tree_in_their_order()
    {
        var tree = new RegistryKey("");
        var old = tree.Create(@"HKEY_LOCAL_MACHINE\Software\Classes\old");
        old.Set(RegistryText.String("a", "1"));
        old.Create("below");
        Edits("""
            [HKCR\OLD]
            "A"=-
            "b"="2"
            [-HKLM\Software\Classes\old\below]
            [-HKLM\Software\Classes\never\was]
            [HKCU\New\Key]
            """).ApplyTo(tree);
        Assert.Equal([RegistryText.String("b", "2")], old.Values);
        Assert.Empty(old.Subkeys);
        Assert.NotNull(tree.Find(@"HKEY_CURRENT_USER\New\Key"));
        Assert.Null(tree.Find(@"HKEY_LOCAL_MACHINE\Software\Classes\never"));
    }

    [Fact]
    public void Deletions_become_marks_of_a_layer()
    {
        var layer = Edits("""
            [HKLM\a\b]
            "v"="1"
            "w"=-
            [-HKLM\a\c]
            [-HKLM\a\b]
            [HKLM\a\b\again]
            "x"=-
            "y"="2"
            [-HKLM\a\b\again]
            [-HKLM\a\b\not there\at all]
            [-HKLM\a\c\deeper]
            """).ToLayer().Find(@"Machine\a")!;
        Assert.Equal(
            [@"[] Merge", @"[\b] Supersede", @"[\c] Tombstone"],
            RegistryText.Lines(layer, times: false).Select(line => line.Replace("   ", " ", StringComparison.Ordinal).Replace(" 0", "", StringComparison.Ordinal)));

        var edited = Edits("[HKLM\\k]\r\n\"w\"=-").ToLayer().Find(@"Machine\k")!;
        Assert.Equal([RegistryValue.Tombstone("w")], edited.Values);
    }

    [Fact]
    public void A_layer_has_the_keys_of_its_user_and_no_other_users()
    {
        const string sid = "S-1-5-21-1-2-3-1001";
        var layer = Edits($"[HKCU\\a]\r\n[HKU\\{sid}\\b]\r\n[HKEY_USERS\\{sid}_Classes\\.c]\r\n[HKU\\.Default\\d]\r\n[HKCR\\.e]\r\n").ToLayer(sid);
        Assert.All(
            [@"CurrentUser\a", @"CurrentUser\b", @"CurrentUser\Software\Classes\.c", @"DefaultUser\d", @"Machine\Software\Classes\.e"],
            path => Assert.NotNull(layer.Find(path)));
        Assert.Equal(["CurrentUser", "DefaultUser", "Machine"], layer.Subkeys.Select(root => root.Name));
        foreach (var other in new[] { "[HKU\\S-1-5-18\\x]\r\n", "[HKEY_USERS]\r\n" })
        {
            Assert.Contains("HKEY_USERS", Assert.Throws<ArgumentException>(() => Edits(other).ToLayer(sid)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_layer_is_written_as_the_edits_that_make_it()
    {
        var layer = Edits("[-HKLM\\a]\r\n[HKLM\\a\\b]\r\n@=\"1\"\r\n[-HKLM\\c]\r\n[HKLM\\d]\r\n\"w\"=-").ToLayer();
        var file = RegFile.FromTree(layer.Find("Machine")!, RegRoot.LocalMachine, "");
        Assert.Equal(
            Header + "[HKEY_LOCAL_MACHINE]\r\n\r\n[-HKEY_LOCAL_MACHINE\\a]\r\n\r\n[HKEY_LOCAL_MACHINE\\a]\r\n\r\n[HKEY_LOCAL_MACHINE\\a\\b]\r\n@=\"1\"\r\n\r\n"
                + "[-HKEY_LOCAL_MACHINE\\c]\r\n\r\n[HKEY_LOCAL_MACHINE\\d]\r\n\"w\"=-\r\n\r\n",
            Encoding.Unicode.GetString(file.ToBytes())[1..]);
        Assert.Equal(RegistryText.Lines(layer, times: false), RegistryText.Lines(RegFile.Parse(file.ToBytes()).ToLayer(), times: false));
    }

    [Fact]
    public void Line_breaks_in_quotes_are_text_as_regedit_writes_them()
    {
        var value = Edits("[HKLM\\a]\r\n\"v\"=\"one\r\ntwo\\nthree\"").Edits[0].Values[0];
        Assert.Equal(RegistryText.String("v", "one\r\ntwo\nthree"), value);
    }

    [Theory]
    [InlineData("[HKLM\\a", 3, 2, "a path that ends with ']' in its line")]
    [InlineData("[HKEY_DYN_DATA\\a]", 3, 2, "HKEY_LOCAL_MACHINE, HKEY_CURRENT_USER, HKEY_CLASSES_ROOT, HKEY_USERS or HKEY_CURRENT_CONFIG")]
    [InlineData("[-HKLM]", 3, 3, "a key below a root; roots cannot be deleted")]
    [InlineData("[HKLM\\a\\\\b]", 3, 9, "a key's name of 1 to 255 characters")]
    [InlineData("[HKLM\\a] x", 3, 10, "the end of the line, or a comment")]
    [InlineData("\"a\"=\"b\"", 3, 1, "a key before the first value")]
    [InlineData("[-HKLM\\a]\r\n@=\"b\"", 4, 1, "a key; one that is deleted has no values")]
    [InlineData("[HKLM\\a]\r\n  x=1", 4, 3, "a key, a value or a comment")]
    [InlineData("[HKLM\\a]\r\n\"x=1", 4, 1, "text that ends with '\"'")]
    [InlineData("[HKLM\\a]\r\n@=\"C:\\Windows\"", 4, 7, @"one of \ "" n r 0 after a backslash")]
    [InlineData("[HKLM\\a]\r\n@=dword:", 4, 9, "1 to 8 hexadecimal digits")]
    [InlineData("[HKLM\\a]\r\n@=hex:01 02", 4, 10, "','")]
    [InlineData("[HKLM\\a]\r\n@=hex:01,\\\r\n  zz", 5, 3, "a byte of two hexadecimal digits")]
    [InlineData("[HKLM\\a]\r\n@=hex:01,\\", 4, 11, "the line that continues the value")]
    [InlineData("[HKLM\\a]\r\n@=1", 4, 3, "a quoted text, dword:, hex:, hex(type): or '-'")]
    public void Errors_say_where_and_what_was_expected(string text, int line, int column, string expected)
    {
        var error = Assert.Throws<RegFileException>(() => Edits(text));
        Assert.Equal((expected, line, column), (error.Expected, error.Line, error.Column));
    }

    [Fact]
    public void Other_files_are_refused()
    {
        Assert.Equal(1, Assert.Throws<RegFileException>(() => RegFile.Parse("REGEDIT5\r\n"u8)).Line);
        Assert.Equal(1, Assert.Throws<RegFileException>(() => RegFile.Parse([])).Line);
        Assert.Contains("big-endian", Assert.Throws<RegFileException>(() => RegFile.Parse([0xFE, 0xFF, 0, 87])).Expected, StringComparison.Ordinal);
        Assert.Throws<RegFileException>(() => RegFile.Parse([0xFF, 0xFE, 87]));
        Assert.Equal(3, Assert.Throws<RegFileException>(() => RegFile.Parse([.. Encoding.ASCII.GetBytes(Header), 91, 0xE4])).Line);
    }

    [Fact]
    public void Limits_hold()
    {
        static void Refused(string text, RegistryTextLimits limits) =>
            Assert.StartsWith("a", Assert.Throws<RegFileException>(() => RegFile.Parse(Encoding.ASCII.GetBytes(Header + text), limits: limits)).Expected, StringComparison.Ordinal);

        Refused("", new() { File = 10 });
        Refused("; " + new string('x', 100), new() { Line = 50 });
        Refused("[HKLM\\a\\b\\c]\n[HKLM\\a\\b\\d\\e]", new() { Keys = 4 });
        Refused("[HKLM\\a]\n@=\"1\"\n\"b\"=\"2\"", new() { Values = 1 });
        Refused("[HKLM\\a]\n@=hex:01,\\\n02,\\\n03", new() { Data = 2 });
        Refused("[HKLM\\a]\n@=\"123\"", new() { Data = 6 });
        Refused($"[HKLM\\{string.Join('\\', Enumerable.Repeat("a", 513))}]", new());
    }

    private static RegFile Edits(string text) => RegFile.Parse(Encoding.UTF8.GetBytes(Header + text));
}
