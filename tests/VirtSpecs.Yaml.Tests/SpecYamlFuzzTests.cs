using System.Diagnostics;
using System.Text;

namespace VirtSpecs.Yaml.Tests;

/// <summary>Mutated documents: specs or a <see cref="SpecException"/>, within bounds of time and memory.</summary>
public class SpecYamlFuzzTests
{
    private static readonly int Rounds = Environment.GetEnvironmentVariable("VIRTTOOLS_NIGHTLY") == "1" ? 20_000 : 5_000;

    private static readonly string[] Seeds =
    [
        "apiVersion: virttools/v1\nkind: Machine\nname: web01\nprocessors: 2\nmemory: 512MiB\nboot:\n  image: debian-12-cloud\n"
            + "disks:\n  - {name: root, path: web01.vhdx, parent: base/debian12.vhdx}\nstop: {timeout: 30s}\n",
        "%YAML 1.2\n---\napiVersion: &v virttools/v1\nkind: Machine\nname: \"a\\u0041\\x41\\U00000041\"\nnotes: |+\n  lines\n\n   more\n...\n"
            + "---\napiVersion: virttools/v1\nkind: Machine\nlabels: {a: &x 'it''s', b: *x, ? c : d}\nnotes: >-\n  folded\n  text\n",
        "apiVersion: virttools/v1\nkind: Layer\nname: node\nversion: \"22.23.3\"\nplatform: windows\nfrom:\n"
            + "  capture: {command: a.exe, arguments: [/S], environment: {A: b}, timeout: 5m}\n  layers: [base@1]\n"
            + "rules: {exclude: [\"{Temp}/**\", 'HKCU\\Software\\X\\**']}\n",
        "apiVersion: virttools/v1\nkind: Application\nname: node-22\nlayers: [node@22.23.3, base]\n"
            + "command: '{ProgramFiles}\\nodejs\\node.exe'\nenvironment:\n  A: b\nwritable: memory\nrules:\n"
            + "  - {path: '{Documents}', mode: passThrough}\n",
        """{"apiVersion": "virttools/v1", "kind": "Machine", "name": "a", "networks": [{"switch": "lab", "address": "10.0.0.1/24"}]}""",
        "? !!map {? a : b}\n: !<tag:yaml.org,2002:str> c\n%TAG !e! tag:e,2000:\n--- !e!x\n- - - a\n",
    ];

    private static readonly string[] Tokens =
    [
        "---\n", "...\n", "- ", "? ", ": ", "&a ", "*a",
        "!!str ", "!<", "%YAML 1.1\n", "%TAG ! a:\n", "<<: *a\n", "|\n", ">1-\n", "\"\\", "\"\\U0011FFFF\"",
        "\"\\uD800\"", "\"\\x\"", "'", "[", "]", "{", "}", ",", "#", "\t", "\r", "\r\n", "\u0085", "\u2028", "\uFEFF", "\0", "\uD83D", "@", "`",
        "  ", "9999999999999", "%%", "%E2%82", "!%FF", "\\", "|9\n", "|0\n", ">+-\n", "\n\n\n",
    ];

    [Fact]
    public void Mutated_documents_give_specs_or_typed_errors()
    {
        var random = new Random(20260801);
        var slowest = TimeSpan.Zero;
        var largest = 0L;
        var refused = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var text = Mutate(Seeds[random.Next(Seeds.Length)], random);
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            refused += Try(text, round) ? 0 : 1;
            slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
            largest = Math.Max(largest, GC.GetAllocatedBytesForCurrentThread() - allocated);
        }

        Assert.InRange(refused, Rounds / 2, Rounds - 1);
        Assert.True(slowest < TimeSpan.FromSeconds(5), $"The slowest document took {slowest}.");
        Assert.True(largest < 32 << 20, $"The largest document allocated {largest} bytes.");
    }

    [Fact]
    public void Mutated_bytes_give_specs_or_typed_errors()
    {
        var random = new Random(20260802);
        for (var round = 0; round < 500; round++)
        {
            var bytes = Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]);
            for (var i = random.Next(1, 6); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            using var file = new TemporaryFile(bytes);
            try
            {
                SpecYaml.Read(file.Path);
            }
            catch (SpecException fault)
            {
                Assert.NotEmpty(fault.Errors);
            }
        }
    }

    // Repetitions that make careless parsers slow or deep, each near the largest size.
    [Theory]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("a: ")]
    [InlineData("{a: ")]
    [InlineData("[]\n")]
    [InlineData("'a' ")]
    [InlineData("\"")]
    [InlineData("&a ")]
    [InlineData("*a ")]
    [InlineData("!a ")]
    [InlineData("!")]
    [InlineData("%")]
    [InlineData("%TAG !a! b\n")]
    [InlineData("---\n")]
    [InlineData("...\n")]
    [InlineData("#")]
    [InlineData("#\n")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("\t")]
    [InlineData("|\n")]
    [InlineData("a\n")]
    [InlineData(":")]
    [InlineData(",")]
    [InlineData("[a,")]
    [InlineData("a")]
    [InlineData("9")]
    [InlineData("- a\n")]
    [InlineData("- {a: b}\n")]
    [InlineData("\\")]
    [InlineData("ä")]
    public void Endless_repetition_ends_in_time(string unit)
    {
        var count = (SpecYaml.MaximumBytes - 64) / Encoding.UTF8.GetByteCount(unit);
        foreach (var prefix in new[] { "", "notes: ", "notes: \"", "notes: '", "notes: |\n ", "x: [", "x:\n" })
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            Try(prefix + string.Concat(Enumerable.Repeat(unit, count)), 0);
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"'{prefix}' took {watch.Elapsed}.");
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 512L << 20);
        }
    }

    private static bool Try(string text, int round)
    {
        try
        {
            return SpecYaml.Parse(text).Count > 0;
        }
        catch (SpecException fault)
        {
            Assert.NotEmpty(fault.Errors);
            return false;
        }
        catch (Exception other)
        {
            var shown = System.Text.Json.JsonSerializer.Serialize(text.Length < 2000 ? text : text[..2000]);
            throw new InvalidOperationException($"Round {round}, text {shown}", other);
        }
    }

    private static string Mutate(string text, Random random)
    {
        var result = new StringBuilder(text);
        for (var i = random.Next(1, 8); i > 0; i--)
        {
            var at = random.Next(result.Length + 1);
            switch (random.Next(5))
            {
                case 0:
                    result.Insert(at, Tokens[random.Next(Tokens.Length)]);
                    break;
                case 1:
                    result.Remove(at, Math.Min(random.Next(1, 12), result.Length - at));
                    break;
                case 2:
                    result.Insert(at, text.AsSpan(random.Next(text.Length)));
                    break;
                case 3 when at < result.Length:
                    result[at] = (char)random.Next(random.Next(2) == 0 ? 128 : 65536);
                    break;
                default:
                    result.Insert(at, string.Concat(Enumerable.Repeat(Tokens[random.Next(Tokens.Length)], random.Next(1, 100))));
                    break;
            }
        }

        return result.ToString();
    }
}
