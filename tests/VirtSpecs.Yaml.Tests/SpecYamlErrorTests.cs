using System.Text;

namespace VirtSpecs.Yaml.Tests;

/// <summary>Refusing what is wrong, by place, key, reason and advice.</summary>
public class SpecYamlErrorTests
{
    private const string Header = "apiVersion: virttools/v1\nkind: Machine\nname: web01\nboot: {image: debian-12-cloud}\n";

    private const string LayerHeader = "apiVersion: virttools/v1\nkind: Layer\nname: node\nplatform: windows\n";

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
    [InlineData("version: 22.23", "6:10: version: must be a version of letters, digits, '.', '-', '+' and '_' that starts with a letter or digit, not the number 22.23 (write \"22.23\" in quotes)")]
    [InlineData("version: \"22 23\"", "6:10: version: must be a version of letters, digits, '.', '-', '+' and '_' that starts with a letter or digit, not '22 23'")]
    [InlineData("verison: \"1\"", "6:1: verison: is not a known key (did you mean version?)")]
    [InlineData("rules: {excludes: []}", "6:9: rules.excludes: is not a known key (did you mean exclude?)")]
    [InlineData("rules: {exclude: [/tmp]}", "6:19: rules.exclude[0]: must be a pattern of paths below a root, such as {Temp}/**, or of registry keys, such as HKCU\\Software\\Demo\\**, not '/tmp'")]
    public void A_mistake_in_a_layer_is_named_with_its_place(string text, string expected) =>
        Assert.Equal(expected, Assert.Single(Fail(LayerHeader + "from: {capture: {command: a.exe}}\n" + text)).ToString());

    [Theory]
    [InlineData("{}", "5:7: from: needs a capture, directory, registryFile or packages")]
    [InlineData("{capture: {}}", "5:17: from.capture.command: is required")]
    [InlineData("{capture: {command: a, args: []}}", "5:30: from.capture.args: is not a known key (known: command, arguments, workingDirectory, environment, timeout)")]
    [InlineData("{capture: {command: a, environment: {A=B: c}}}", "5:44: from.capture.environment.A=B: must be the name of an environment variable, without '=', not 'A=B'")]
    [InlineData("{capture: {command: a, environment: {PORT: 80}}}", "5:50: from.capture.environment.PORT: must be text, not the number 80 (write \"80\" in quotes)")]
    [InlineData("{capture: {command: a, timeout: 0s}}", "5:39: from.capture.timeout: must be at least 1s, not 0s")]
    [InlineData("{capture: {command: a}, directory: b}", "5:42: from.directory: can't be given together with a capture (describe it as a layer of its own)")]
    [InlineData("{directory: b, target: /usr}", "5:30: from.target: must be a path below a root, such as {ProgramFiles}\\nodejs, without empty, '.' or '..' segments, not '/usr'")]
    [InlineData("{directory: b, layers: [base@1]}", "5:30: from.layers: needs a capture (an application says which layers it sees together)")]
    [InlineData("{capture: {command: a}, layers: [base@]}", "5:40: from.layers[0]: must be a layer such as node or node@22.23.3, not the text 'base@'")]
    [InlineData("{capture: {command: a}, layers: [7]}", "5:40: from.layers[0]: must be a layer such as node or node@22.23.3, not the number 7 (write \"7\" in quotes)")]
    [InlineData("{packages: [hello]}", "5:18: from.packages: are for layers of Linux (write platform: linux)")]
    public void A_mistake_in_what_a_layer_is_made_from_is_named_with_its_place(string from, string expected) =>
        Assert.Contains(expected, Fail(LayerHeader + "from: " + from).Select(error => error.ToString()));

    [Theory]
    [InlineData("layers: []", "4:9: layers: must have at least 1 item, not 0")]
    [InlineData("layers: node", "4:9: layers: must be a list, not the text 'node' (write it in brackets)")]
    [InlineData("layers: [a, A]", "4:13: layers[1]: the layer 'A' is in the list already")]
    [InlineData("layers: [a]\nwritable: never", "5:11: writable: must be one of keep, resetOnExit, memory, not the text 'never'")]
    [InlineData("layers: [a]\nactivation: globall", "5:13: activation: must be one of isolated, global, not the text 'globall' (did you mean global?)")]
    [InlineData("layers: [a]\nrules: [{path: HKCU, mode: passThrough}]", "5:28: rules[0].mode: can't be passThrough for a registry key: an isolated application has no live registry to write to (data keeps what it writes over a reset)")]
    [InlineData("layers: [a]\nrules: [{path: '{Documents}', mode: passthrough}]", "5:37: rules[0].mode: must be one of isolate, passThrough, data, hide, not the text 'passthrough' (did you mean passThrough?)")]
    [InlineData("layers: [a]\nrules: [{path: '{Documents}'}]", "5:9: rules[0].mode: is required")]
    public void A_mistake_in_an_application_is_named_with_its_place(string text, string expected) =>
        Assert.Equal(expected, Assert.Single(Fail("kind: Application\nname: a\napiVersion: virttools/v1\n" + text + "\ncommand: a\n")).ToString());

    [Fact]
    public void What_only_the_layers_of_a_file_together_do_wrong_is_found_by_the_plan()
    {
        var one = LayerHeader + "from: {capture: {command: a.exe}, layers: [base]}\n";
        var two = one.Replace("name: node", "name: base", StringComparison.Ordinal).Replace("[base]", "[node@1]", StringComparison.Ordinal);
        var specs = SpecYaml.Parse(one + "---\n" + two, "lab.yaml");
        Assert.Equal(
            "lab.yaml:5:44: from.layers[0]: the layer would be captured over itself: node@1 over base@1 over node@1 (say which version is meant)",
            Assert.Single(SpecRules.FindErrors(specs)).ToString());
        Assert.Equal("lab.yaml:5:44: from.layers[0]: there is no layer 'base', and no spec describes it",
            Assert.Single(Assert.Throws<SpecException>(() => Plan.Compute([specs[0]], [])).Errors).ToString());
    }

    [Fact]
    public void A_version_of_a_layer_is_there_once()
    {
        var layer = LayerHeader + "from: {capture: {command: a.exe}}\n";
        Assert.Equal(2, SpecYaml.Parse(layer + "---\n" + layer + "version: \"2\"\n").Count);
        Assert.Equal("9:7: name: another Layer is named 'node@1' already", Assert.Single(Fail(layer + "---\n" + layer)).ToString());
    }

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
