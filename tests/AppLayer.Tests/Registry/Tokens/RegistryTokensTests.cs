using System.Text;
using AppLayer.Paths;
using AppLayer.Registry;
using AppLayer.Registry.Stacking;
using AppLayer.Registry.Tokens;
using AppLayer.Tests.Registry.Stacking;

namespace AppLayer.Tests.Registry.Tokens;

/// <summary>A registry moves from one user and system to another.</summary>
public sealed class RegistryTokensTests
{
    private static readonly RegistryTokens Bob = new(new(KnownRoots.ForWindows("C:", "bob", "S-1-5-21-1-2-3-1001")));
    private static readonly RegistryTokens Eve = new(new(KnownRoots.ForWindows("D:", "eve", "S-1-5-21-9-9-9-500")));

    [Fact]
    public void What_one_user_installed_another_finds_at_home()
    {
        var tree = new RegistryKey("");
        var key = tree.Create(@"Machine\Software\Profiles\S-1-5-21-1-2-3-1001");
        key.Set(RegistryTrees.Text(@"C:\Program Files\x\x.dll", @"C:\Users\bob\AppData\Local\x"));
        key.Set(new("list", RegistryValueType.MultiString, Encoding.Unicode.GetBytes("C:\\Windows\0c:\\windows\\x\0\0")));
        key.Set(new("binary", RegistryValueType.Binary, Encoding.Unicode.GetBytes(@"C:\Windows")));
        key.Set(RegistryValue.Tombstone(@"C:\Windows\old.dll"));

        var moved = Eve.Detokenise(Bob.Tokenise(tree)).Find(@"Machine\Software\Profiles\S-1-5-21-9-9-9-500")!;
        Assert.Equal(
            [(@"D:\Program Files\x\x.dll", "D:\\Users\\eve\\AppData\\Local\\x\0"), ("list", "D:\\Windows\0d:\\windows\\x\0\0"), ("binary", @"C:\Windows"),
                (@"D:\Windows\old.dll", "")],
            moved.Values.Select(value => (value.Name, Encoding.Unicode.GetString(value.Data.Span))));
        Assert.True(moved.Values.Last().IsTombstone);
    }

    [Fact]
    public void All_bytes_of_all_types_come_back()
    {
        for (var seed = 0; seed < 5000; seed++)
        {
            var random = new Random(seed);
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            var path = Encoding.Unicode.GetBytes(new[] { @"C:\Windows", @"c:\users\BOB", "{Temp}", "{" }[random.Next(4)]);
            bytes = [.. bytes[..(bytes.Length / 2)], .. path, .. bytes[(bytes.Length / 2)..]];
            var value = new RegistryValue("{Windows}", (RegistryValueType)random.Next(13), bytes);
            Assert.Equal(value, Bob.Detokenise(Bob.Tokenise(value)));
        }
    }

    [Fact]
    public void Trees_with_marks_come_back()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var tree = RegistryTrees.Random(new(seed), marks: true);
            tree.Create(@"{UserSid}\s-1-5-21-1-2-3-1001").Set(RegistryTrees.Text("{Temp}", @"C:\Windows"));
            Assert.True(RegistryTree.ContentEquals(tree, Bob.Detokenise(Bob.Tokenise(tree))));
        }
    }

    [Fact]
    public void Names_that_would_become_one_are_refused()
    {
        var tree = new RegistryKey("");
        tree.Create("{UserSid}");
        tree.Create("S-1-5-21-9-9-9-500");
        Assert.Throws<PathTokenException>(() => Eve.Detokenise(tree));
        tree.Create(@"{Windows}");
        tree.Remove("{UserSid}");
        Assert.Throws<PathTokenException>(() => Eve.Detokenise(tree));
    }

    [Fact]
    public void Names_that_would_be_too_long_stay_as_they_are_and_are_told()
    {
        var tree = new RegistryKey("");
        var sid = "S-1-5-21-1-2-3-1001";
        var tokens = new RegistryTokens(new(KnownRoots.ForWindows("C:", "x", "S-1")));
        var name = string.Concat(Enumerable.Repeat("S-1.", RegistryLimits.KeyName / 4));
        tree.Create($@"a\{name}").Set(new($"{sid}", RegistryValueType.None, default));
        tree.Create(@"a\S-1");
        var left = new List<string>();
        var tokenised = tokens.Tokenise(tree, left);
        Assert.Equal([$@"a\{name}"], left);
        Assert.NotNull(tokenised.Find(@"a\{UserSid}"));
        Assert.True(RegistryTree.ContentEquals(tree, tokens.Detokenise(tokenised)));

        // A brace that has to be marked can't stay as it is.
        tree.Create($"{{UserSid}}{new string('x', RegistryLimits.KeyName - 9)}");
        Assert.Throws<PathTokenException>(() => tokens.Tokenise(tree));
    }

    [Fact]
    public void Classes_have_tokens_too()
    {
        var tree = new RegistryKey("") { Class = @"C:\Windows\x {Windows}" };
        var tokens = new RegistryTokens(new(KnownRoots.ForWindows("C:", "x", "S-1")));
        Assert.Equal(@"{Windows}\x {{}Windows}", tokens.Tokenise(tree).Class);
        Assert.Equal(tree.Class, tokens.Detokenise(tokens.Tokenise(tree)).Class);
    }
}
