using System.Text;

namespace VirtSpecs.Yaml.Tests;

/// <summary>Refusing what is wrong, by place, key, reason and advice.</summary>
public class SpecYamlErrorTests
{
    private const string Header = "apiVersion: virttools/v1\nkind: Machine\nname: web01\nboot: {image: debian-12-cloud}\n";

    // What is written below the header, and the error that it gives.
    [Theory]
    [InlineData("procesors: 2", "5:1: procesors: is not a known key (did you mean processors?)")]
    [InlineData("Memory: 1GiB", "5:1: Memory: is not a known key (did you mean memory?)")]
    [InlineData("stop: {timout: 5s}", "5:8: stop.timout: is not a known key (did you mean timeout?)")]
    [InlineData("stop: {grace: 5s}", "5:8: stop.grace: is not a known key (known: timeout)")]
    [InlineData("processors: 9", "5:13: processors: must be at most 8, not 9")]
    [InlineData("processors: -1", "5:13: processors: must be at least 1, not -1")]
    [InlineData("processors: 99999999999999999999", "5:13: processors: must be a whole number, not the number 99999999999999999999 (write it in decimal, 1 to 8)")]
    [InlineData("processors: \"2\"", "5:13: processors: must be a whole number, not the text '2' (write 2 without quotes)")]
    [InlineData("processors: 2.0", "5:13: processors: must be a whole number, not the number 2.0")]
    [InlineData("processors: [2]", "5:13: processors: must be a whole number, not a list")]
    [InlineData("processors:", "5:12: processors: must be a whole number, not nothing")]
    [InlineData("memory: 512", "5:9: memory: must be a size such as 512MiB or 4GiB, not the number 512 (write 512B)")]
    [InlineData("memory: 512mb", "5:9: memory: must be a size such as 512MiB or 4GiB, not the text '512mb' (write 512MiB)")]
    [InlineData("memory: 63MiB", "5:9: memory: must be at least 64MiB, not 63MiB")]
    [InlineData("memory: 2TiB", "5:9: memory: must be at most 1TiB, not 2TiB")]
    [InlineData("memory: 65MiB", "5:9: memory: must be a multiple of 2MiB, not 65MiB")]
    [InlineData("memory: 99999999999999999999MiB", "5:9: memory: must be a size such as 512MiB or 4GiB, not the text '99999999999999999999MiB'")]
    [InlineData("profile: portabel", "5:10: profile: must be one of portable, host, not the text 'portabel' (did you mean portable?)")]
    [InlineData("hypervisor: xen", "5:13: hypervisor: must be one of kvm, whp, software, not the text 'xen'")]
    [InlineData("autoStart: yes", "5:12: autoStart: must be true or false, not the text 'yes' (write true)")]
    [InlineData("stop: {timeout: 30}", "5:17: stop.timeout: must be a duration such as 30s, 5m or 1h30m, not the number 30 (write 30s for seconds)")]
    [InlineData("stop: 30s", "5:7: stop: must be a mapping, not the text '30s'")]
    [InlineData("notes: 1", "5:8: notes: must be text, not the number 1 (write \"1\" in quotes)")]
    [InlineData("notes: 2026-01-01T00:00:00Z\nprocessors: 1\nprocessors: 2", "7:1: has the key 'processors' twice in one mapping")]
    [InlineData("applications: node-22", "5:15: applications: must be a list, not the text 'node-22' (write [] for an empty list)")]
    [InlineData("applications: [../x]", "5:16: applications[0]: must be a name of letters, digits, '-', '.' and '_' that starts with a letter or digit, not '../x'")]
    [InlineData("disks: [{name: a}]", "5:9: disks[0].path: is required")]
    [InlineData("disks: [{name: a, path: b}, {name: A, path: c}]", "5:36: disks[1].name: another disk is named 'A' already")]
    [InlineData("networks: [{switch: lab, address: 10.0.0.1}]", "5:35: networks[0].address: must be an IP address with the length of its prefix, such as 10.20.0.10/24, not '10.0.0.1'")]
    [InlineData("networks: [{switch: lab, address: 10.0.0.1/33}]", "5:35: networks[0].address: must be an IP address with the length of its prefix, such as 10.20.0.10/24, not '10.0.0.1/33'")]
    [InlineData("labels: {1: a}", "5:10: labels.1: must be a name of letters, digits, '-', '.' and '_' that starts with a letter or digit, not the number 1 (write \"1\" in quotes)")]
    [InlineData("labels: {a: \"\\0\"}", "5:10: labels.a: has the control character U+0000 at 1, which has no place here")]
    [InlineData("notes: !env HOME", "5:8: has the tag '!env', which specs don't have (leave it out)")]
    [InlineData("stop: !!python/object {timeout: 5s}", "5:7: has the tag 'tag:yaml.org,2002:python/object', which specs don't have (leave it out)")]
    [InlineData("stop: {<<: {timeout: 5s}}", "5:8: has a merge key (<<), which specs don't have (write the keys out, or use an alias as a value)")]
    [InlineData("stop: *nobody", "5:7: has no complete value with the anchor 'nobody' before this")]
    [InlineData("stop: &me {timeout: *me}", "5:21: has no complete value with the anchor 'me' before this")]
    [InlineData("? [a]\n: b", "5:3: has a list where a key should be")]
    public void A_mistake_is_named_with_its_place(string text, string expected) =>
        Assert.Equal(expected, Assert.Single(Fail(Header + text)).ToString());

    [Theory]
    [InlineData("", "1:1: has no spec (a spec starts with apiVersion, kind and name)")]
    [InlineData("# nothing\n", "1:1: has no spec (a spec starts with apiVersion, kind and name)")]
    [InlineData("just text", "1:1: must be a mapping of keys, not the text 'just text' (a spec starts with apiVersion, kind and name)")]
    [InlineData("- a", "1:1: must be a mapping of keys, not a list (a spec starts with apiVersion, kind and name)")]
    [InlineData("apiVersion: virttools/v2\nkind: Universe\n", "1:13: apiVersion: must be virttools/v1, not the text 'virttools/v2' (another version of VirtTools reads this)")]
    public void A_document_says_what_it_is(string text, string expected) => Assert.Contains(expected, Fail(text).Select(error => error.ToString()));

    [Fact]
    public void A_kind_that_is_unknown_is_named() =>
        Assert.Equal("2:7: kind: 'Machin' is not a kind of this version (did you mean Machine?)",
            Assert.Single(Fail("apiVersion: virttools/v1\nkind: Machin\nname: a")).ToString());

    [Fact]
    public void All_mistakes_of_all_documents_are_reported_at_once()
    {
        var errors = Fail("kind: Machine\nprocessors: 0\nmemory: 1\n---\n" + Header + "x: 1\n---\n" + Header + "---\n[", "lab.yaml");
        Assert.Equal(
            ["1:1 apiVersion", "1:1 name", "1:1 boot", "2:13 processors", "3:9 memory", "9:1 x"],
            errors.Take(6).Select(error => $"{error.Line}:{error.Column} {error.Path}"));
        Assert.Equal(7, errors.Count);
        Assert.All(errors, error => Assert.Equal("lab.yaml", error.File));
    }

    [Fact]
    public void A_name_used_twice_is_shown_at_its_second_place() =>
        Assert.Equal("8:7: name: another Machine is named 'WEB01' already",
            Assert.Single(Fail(Header + "---\n" + Header.Replace("web01", "WEB01", StringComparison.Ordinal))).ToString());

    [Fact]
    public void Indentation_by_tabs_gets_advice() =>
        Assert.Contains(Fail("apiVersion: virttools/v1\nkind: Machine\nboot:\n\timage: a\n"),
            error => error is { Line: 4, Column: 1, Hint: not null } && error.Hint.Contains("spaces", StringComparison.Ordinal));

    [Fact]
    public void Errors_end_at_a_hundred() =>
        Assert.Equal(100, Fail(Header + string.Concat(Enumerable.Range(0, 5000).Select(i => $"x{i}: 1\n"))).Count);

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x61, 0 }, "1:1: is UTF-16 (save the file as UTF-8)")]
    [InlineData(new byte[] { (byte)'a', (byte)'\n', 0xC3, 0xA4, 0xFF }, "2:2: has the byte 0xFF, which is not UTF-8 here (save the file as UTF-8)")]
    [InlineData(new byte[] { (byte)'a', 0 }, "1:2: has the character U+0000, which YAML doesn't allow")]
    [InlineData(new byte[] { (byte)'a', 0x1B }, "1:2: has the character U+001B, which YAML doesn't allow")]
    public void Bytes_that_are_no_text_are_refused(byte[] content, string expected)
    {
        using var file = new TemporaryFile(content);
        var error = Assert.Single(Assert.Throws<SpecException>(() => SpecYaml.Read(file.Path)).Errors);
        Assert.Equal($"{file.Path}:{expected}", error.ToString());
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused() => Assert.Equal(1, Assert.Single(Fail("\uD800")).Column);

    [Fact]
    public void A_missing_file_is_a_missing_file() =>
        Assert.Throws<FileNotFoundException>(() => SpecYaml.Read(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString())));

    [Fact]
    public void A_file_has_a_largest_size()
    {
        using var file = new TemporaryFile(Encoding.UTF8.GetBytes(new string('#', SpecYaml.MaximumBytes + 1)));
        Assert.Equal("is larger than 1 MiB", Assert.Single(Assert.Throws<SpecException>(() => SpecYaml.Read(file.Path)).Errors).Message);
        Assert.Equal("is larger than 1 MiB", Assert.Single(Fail(new string('ä', SpecYaml.MaximumBytes / 2 + 1))).Message);
        Assert.Equal("has no spec", Assert.Single(Fail(new string('#', SpecYaml.MaximumBytes))).Message);
    }

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public void Nesting_has_a_deepest_level(char open, char close)
    {
        var error = Assert.Single(Fail(new string(open, 200_000) + new string(close, 200_000)));
        Assert.Equal("is nested deeper than 32 levels", error.Message);
        Assert.Equal(33, error.Column);
    }

    [Fact]
    public void A_stream_has_a_largest_number_of_documents() =>
        Assert.Equal("has more than 1000 documents", Fail(string.Concat(Enumerable.Repeat("---\n", 1001)))[^1].Message);

    [Fact]
    public void A_billion_laughs_are_not_laughed()
    {
        var text = new StringBuilder("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (var i = 1; i < 20; i++)
        {
            text.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        Assert.Equal("has more than 100000 values, aliases expanded", Fail(text.ToString())[^1].Message);
    }

    [Fact]
    public void Aliases_do_not_hide_depth()
    {
        var text = new StringBuilder("a0: &a0 []\n");
        for (var i = 1; i < 40; i++)
        {
            text.Append($"a{i}: &a{i} [*a{i - 1}]\n");
        }

        Assert.Equal("is nested deeper than 32 levels", Fail(text.ToString())[^1].Message);
    }

    private static IReadOnlyList<SpecError> Fail(string text, string? file = null) =>
        Assert.Throws<SpecException>(() => SpecYaml.Parse(text, file)).Errors;
}
