namespace VirtSpecs.Tests;

public class NearestTests
{
    private static readonly string[] Known = ["processors", "memory", "profile", "boot", "autoStart"];

    [Theory]
    [InlineData("procesors", "processors")]
    [InlineData("MEMORY", "memory")]
    [InlineData("mmeory", "memory")]
    [InlineData("auto_start", "autoStart")]
    [InlineData("bot", "boot")]
    [InlineData("cpu", null)]
    [InlineData("", null)]
    public void A_slip_leads_to_the_word_that_was_meant(string word, string? expected) => Assert.Equal(expected, Nearest.Find(word, Known));
}
