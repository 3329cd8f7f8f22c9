using FsCheck;
using FsCheck.Fluent;

namespace VirtSpecs.Tests;

public class DurationTests
{
    [Theory]
    [InlineData("0s", 0, "0s")]
    [InlineData("30s", 30_000, "30s")]
    [InlineData("5m", 300_000, "5m")]
    [InlineData("1h30m", 5_400_000, "1h30m")]
    [InlineData("90m", 5_400_000, "1h30m")]
    [InlineData("1d1ms", 86_400_001, "1d1ms")]
    [InlineData("250ms", 250, "250ms")]
    public void Durations_are_read_and_written(string text, long milliseconds, string canonical)
    {
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Duration.Parse(text));
        Assert.Equal(canonical, Duration.Format(TimeSpan.FromMilliseconds(milliseconds)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("1.5s")]
    [InlineData("30 s")]
    [InlineData("30S")]
    [InlineData("5s1m")]
    [InlineData("1s1s")]
    [InlineData("1w")]
    [InlineData("1m s")]
    [InlineData("99999999d")]
    [InlineData("1234567890s")]
    public void What_is_no_duration_is_refused(string text)
    {
        Assert.False(Duration.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Duration.Parse(text));
    }

    [Fact]
    public void Every_duration_survives_its_text() =>
        Prop.ForAll<long>(number =>
        {
            var duration = TimeSpan.FromMilliseconds((number & long.MaxValue) % (TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMillisecond));
            return Duration.Parse(Duration.Format(duration)) == duration;
        }).Check(Config.QuickThrowOnFailure.WithReplay(20260804, 1));

    [Fact]
    public void A_duration_that_has_no_text_is_not_written()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Duration.Format(TimeSpan.FromTicks(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Duration.Format(TimeSpan.FromSeconds(-1)));
    }
}
