using System.Globalization;
using AppLayer.Registry;
using VirtTools.Tests;

namespace AppLayer.Tests.Registry.Hive;

/// <summary>Hives of ours as libregf and reglookup see them, which show more than hivex does.</summary>
public sealed class RegfToolTests
{
    [LinuxFact]
    public void Libregf_exports_every_history_in_order() => Edits.ForAll(40, 40_000, edits =>
    {
        // It prints texts, which random bytes are not.
        var tree = Edits.Tree(edits.Select(edit => edit.Value is { } value
            ? edit with { Value = value with { Type = (uint)value.Type is 4 or 5 or 11 ? value.Type : RegistryValueType.Binary } }
            : edit));
        foreach (var (key, i) in tree.Subkeys.Select((key, i) => (key, i)))
        {
            key.Class = "Klasse " + i;
        }

        using var hive = new HiveOnDisk(tree);
        var lines = PeerTool.Run("regfexport", [hive.Path]).Split('\n')
            .Where(line => new[] { "Key path: ", "Class name: ", "Value: ", "Data size: " }.Any(start => line.StartsWith(start, StringComparison.Ordinal)));
        List<string> expected = [];
        Expect(tree, "Key path: ROOT");
        Assert.Equal(string.Join('\n', expected), string.Join('\n', lines));

        void Expect(RegistryKey key, string path)
        {
            expected.Add(path);
            if (key.Class is not null)
            {
                expected.Add("Class name: " + key.Class);
            }

            foreach (var (value, i) in key.Values.Select((value, i) => (value, i)))
            {
                expected.Add(string.Create(CultureInfo.InvariantCulture, $"Value: {i} {(value.Name.Length == 0 ? "(default)" : value.Name)}"));
                expected.Add(string.Create(CultureInfo.InvariantCulture, $"Data size: {value.Data.Length}"));
            }

            foreach (var subkey in key.Subkeys.OrderBy(subkey => subkey.Name.ToUpperInvariant(), StringComparer.Ordinal))
            {
                Expect(subkey, path + "\\" + subkey.Name);
            }
        }
    });

    [LinuxFact]
    public void Reglookup_sees_times_classes_and_descriptors()
    {
        var time = new DateTime(2026, 11, 22, 1, 2, 3, DateTimeKind.Utc);
        var root = new RegistryKey("") { LastWrite = FileTime.From(time) };
        foreach (var i in Enumerable.Range(0, 650))
        {
            var key = root.Create($"many\\{i:d3}");
            key.LastWrite = FileTime.From(time.AddHours(i));
            key.Class = "Class" + i;
            if (i % 5 == 0)
            {
                key.Security = HiveRoundTripTests.Descriptor((byte)(i % 25));
            }
        }

        root.Find("many")!.LastWrite = FileTime.From(time);
        using var hive = new HiveOnDisk(root);
        var rows = PeerTool.Run("reglookup", ["-s", "-H", hive.Path]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(652, rows.Length);
        const string all = "QRY_VAL SET_VAL CREATE_KEY ENUM_KEYS NOTIFY CREATE_LNK DELETE R_CONT W_DAC W_OWNER:CI";
        const string inherited = $"S-1-5-32-544,S-1-5-18,,S-1-5-18:ALLOW:{all}|S-1-5-32-544:ALLOW:{all}|"
            + "S-1-5-32-545:ALLOW:QRY_VAL ENUM_KEYS NOTIFY R_CONT:CI";
        Assert.Equal($"/,KEY,,2026-11-22 01:02:03,{inherited},", rows[0]);
        foreach (var i in Enumerable.Range(0, 650))
        {
            var security = i % 5 == 0 ? $"S-1-5-18,S-1-5-{i % 25},," : inherited;
            Assert.Equal(
                string.Create(CultureInfo.InvariantCulture, $"/many/{i:d3},KEY,,{time.AddHours(i):yyyy-MM-dd HH:mm:ss},{security},Class{i}"), rows[i + 2]);
        }
    }
}
