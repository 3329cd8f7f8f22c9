using System.Text.Json;
using System.Text.Json.Serialization;
using VirtFoundation.Store;
using VirtTools.Tests;

namespace VirtFoundation.Tests.Store;

public sealed class StateFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly StateFile<SampleState> _file = new(
        static () => SampleJson.Default.SampleState,
        first => first["size"] = (first["sizeInKiB"] ?? throw new JsonException("sizeInKiB is missing")).GetValue<int>() * 1024,
        second => second.Remove("sizeInKiB"));

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_was_written_is_read()
    {
        _file.Write(_directory["a"], new(3, 42));

        Assert.Equal(new SampleState(3, 42), _file.TryRead(_directory["a"]));
        Assert.Null(_file.TryRead(_directory["b"]));
        Assert.Null(_file.TryRead(_directory["no/directory"]));
    }

    [Theory]
    [InlineData("""{"formatVersion":1,"sizeInKiB":4}""", 4096)]
    [InlineData("""{"formatVersion":2,"sizeInKiB":4,"size":7}""", 7)]
    public void Older_files_are_migrated_step_by_step(string content, int size)
    {
        File.WriteAllText(_directory["a"], content);

        Assert.Equal(new SampleState(3, size), _file.TryRead(_directory["a"]));
    }

    [Fact]
    public void A_newer_file_is_refused_with_both_versions()
    {
        File.WriteAllText(_directory["a"], """{"size":1,"future":[{}],"formatVersion":4}""");

        var failure = Assert.Throws<VirtException>(() => _file.TryRead(_directory["a"]));

        Assert.Equal(VirtErrorCode.StateFileTooNew, failure.Code);
        Assert.Contains("version 4", failure.Message, StringComparison.Ordinal);
        Assert.Contains("up to 3", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"formatVersion":0}""")]
    [InlineData("""{"formatVersion":"3"}""")]
    [InlineData("""{"formatVersion":99999999999}""")]
    [InlineData("""{"formatVersion":3,"size":"big"}""")]
    [InlineData("""{"formatVersion":1}""")]
    [InlineData("""{"formatVersion":1,"sizeInKiB":"x"}""")]
    public void A_damaged_file_is_said_to_be_damaged(string content)
    {
        File.WriteAllText(_directory["a"], content);

        var failure = Assert.Throws<VirtException>(() => _file.TryRead(_directory["a"]));

        Assert.Equal(VirtErrorCode.StateFileDamaged, failure.Code);
        Assert.Contains(_directory["a"], failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_too_large_to_be_ours_is_not_read()
    {
        using (var file = File.Create(_directory["a"]))
        {
            file.SetLength(1L << 33);
        }

        Assert.Equal(VirtErrorCode.StateFileDamaged, Assert.Throws<VirtException>(() => _file.TryRead(_directory["a"])).Code);
    }
}

internal sealed record SampleState(int FormatVersion, [property: JsonRequired] int Size);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SampleState))]
internal sealed partial class SampleJson : JsonSerializerContext;
