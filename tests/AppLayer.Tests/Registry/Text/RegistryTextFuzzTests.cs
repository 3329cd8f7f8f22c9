using System.Text;
using AppLayer.Registry;
using AppLayer.Registry.Text;

namespace AppLayer.Tests.Registry.Text;

/// <summary>Damaged files are read, or refused with their format's exception; what is read can be written and read again.</summary>
public sealed class RegistryTextFuzzTests
{
    private const int Rounds = 4000;

    private static readonly string[] Words =
        ["[", "]", "[-", "\\", "\\\\", "\"", "=", "@", "-", "\n", "\r\n", ";", "#", "hex:", "hex(", "):", "dword:", "str(7):\"", ",", "\\x", "\\0", "\0", "ä", "0", "f", "#time=", "#class=\"", "#link", "#arch=", "HKLM\\", " "];

    private static readonly RegistryTextLimits Limits = new() { File = 1 << 16, Line = 4096, Data = 2048, Keys = 100, Values = 300 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Wine_text(int seed)
    {
        var original = WineRegistryFile.FromTree(RegistryText.Sample(), @"\Machine", WineArchitecture.Win64).ToBytes();
        int read = 0;
        foreach (var bytes in Damaged(original, Encoding.UTF8, seed))
        {
            WineRegistryFile file;
            try
            {
                file = WineRegistryFile.Parse(bytes, Limits);
            }
            catch (WineRegistryException error)
            {
                Assert.True(error.Line > 0 && error.Column > 0, error.Message);
                continue;
            }

            read++;
            var written = file.ToBytes();
            Assert.Equal(written, WineRegistryFile.Parse(written).ToBytes());
            var tree = file.ToTree();
            var again = WineRegistryFile.FromTree(tree, "x", WineArchitecture.None).ToBytes();
            Assert.Equal(RegistryText.Lines(tree, times: false), RegistryText.Lines(WineRegistryFile.Parse(again).ToTree(), times: false));
        }

        Assert.InRange(read, Rounds / 50, Rounds * 49 / 50);
    }

    [Theory]
    [InlineData(RegFileVersion.Version5, 3)]
    [InlineData(RegFileVersion.Version4, 4)]
    public void Reg_files(RegFileVersion version, int seed)
    {
        var sample = RegistryText.Sample();
        if (version == RegFileVersion.Version4)
        {
            foreach (var name in new[] { "Unicode", "Odd text" }) sample.Find(@"Software\Näme [1] with_under\Deep")!.RemoveValue(name);
        }

        var original = RegFile.FromTree(sample, RegRoot.CurrentUser, "").ToBytes(version);
        int read = 0;
        foreach (var bytes in Damaged(original, version == RegFileVersion.Version5 ? Encoding.Unicode : Encoding.Latin1, seed))
        {
            RegFile file;
            try
            {
                file = RegFile.Parse(bytes, limits: Limits);
            }
            catch (RegFileException error)
            {
                Assert.True(error.Line > 0 && error.Column > 0, error.Message);
                continue;
            }

            read++;
            file.ApplyTo(new(""));
            RegistryKey layer;
            try
            {
                layer = file.ToLayer();
            }
            catch (ArgumentException)
            {
                Assert.Contains(file.Edits, edit => edit.Root == RegRoot.Users);
                continue;
            }

            Assert.Equal(RegistryText.Lines(layer, times: false), RegistryText.Lines(RegFile.Parse(file.ToBytes()).ToLayer(), times: false));
        }

        Assert.InRange(read, Rounds / 50, Rounds * 49 / 50);
    }

    private static IEnumerable<byte[]> Damaged(byte[] original, Encoding encoding, int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < Rounds; round++)
        {
            var bytes = original.ToList();
            for (int count = random.Next(1, 4); count > 0; count--)
            {
                int at = random.Next(bytes.Count);
                switch (random.Next(5))
                {
                    case 0:
                        bytes[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        bytes.InsertRange(at, encoding.GetBytes(Words[random.Next(Words.Length)]));
                        break;
                    case 2:
                        bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                        break;
                    case 3:
                        bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(200), bytes.Count - at)));
                        break;
                    default:
                        if (random.Next(4) == 0) bytes.RemoveRange(at, bytes.Count - at);
                        break;
                }

                if (bytes.Count == 0) bytes.Add(0);
            }

            yield return [.. bytes];
        }
    }
}
