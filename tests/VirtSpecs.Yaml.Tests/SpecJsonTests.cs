using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace VirtSpecs.Yaml.Tests;

/// <summary>Specs as JSON, which YAML's reader must understand the same way.</summary>
public class SpecJsonTests
{
    private static readonly Config Seeded = Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(20260805, 1);

    private static Gen<Spec> Specs => Gen.OneOf(
        Machines.All.Select(Spec (spec) => spec),
        VirtualApplications.Layers.Select(Spec (spec) => spec),
        VirtualApplications.Applications.Select(Spec (spec) => spec));

    [Fact]
    public void What_is_written_is_read_back_equal_by_both_readers() =>
        Prop.ForAll(Specs.ToArbitrary(), spec =>
        {
            var text = SpecJson.Write(spec);
            Assert.Equal(spec, SpecJson.Parse(text));
            Assert.Equal(spec, Assert.Single(SpecYaml.Parse(text)));
        }).Check(Seeded);

    [Theory]
    [InlineData("", "is not JSON")]
    [InlineData("{", "is not JSON")]
    [InlineData("[]", "must be a mapping")]
    [InlineData("{\"name\": \"a\", \"name\": \"b\"}", "a key twice")]
    [InlineData("{\"name\": \"\\uD800\"}", "half a surrogate pair")]
    [InlineData("{\"\\uD800\": 1}", "half a surrogate pair")]
    public void What_is_no_spec_is_refused(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<SpecException>(() => SpecJson.Parse(text)).Errors[0].Message, StringComparison.Ordinal);

    [Fact]
    public void Mutated_texts_give_specs_or_typed_errors()
    {
        const string seed =
            """{"apiVersion":"virttools/v1","kind":"Machine","name":"a","memory":"1GiB","boot":{"kernel":"v"},"disks":[{"name":"a"}]}""";
        var random = new Random(20260806);
        for (var round = 0; round < 5000; round++)
        {
            var text = new StringBuilder(seed);
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                text[random.Next(text.Length)] = random.Next(4) == 0 ? (char)random.Next(65536) : "{}[]\",:\\u01dD8e.-"[random.Next(17)];
            }

            try
            {
                SpecJson.Parse(text.ToString());
            }
            catch (SpecException fault)
            {
                Assert.NotEmpty(fault.Errors);
            }
        }
    }
}
