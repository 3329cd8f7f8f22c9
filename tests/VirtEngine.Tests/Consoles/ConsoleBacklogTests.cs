using System.Text;
using VirtEngine.Consoles;
using VirtEngine.Hosts;

namespace VirtEngine.Tests.Consoles;

public sealed class ConsoleBacklogTests
{
    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "login: ")]
    [InlineData(2, "two\r\nlogin: ")]
    [InlineData(3, "one\r\ntwo\r\nlogin: ")]
    [InlineData(100, "one\r\ntwo\r\nlogin: ")]
    public void The_last_lines_are_shown_with_the_one_that_is_not_ended(int lines, string text)
    {
        var backlog = ConsoleBacklog.Take([Part(10, "one\r\ntw"), Part(17, "o\r\nlogin: ")], lines);

        Assert.Equal((text, 28), (Encoding.UTF8.GetString(backlog.Text.Span), backlog.End));
    }

    [Fact]
    public void A_line_that_is_ended_is_the_last_one() =>
        Assert.Equal("two\n", Encoding.UTF8.GetString(ConsoleBacklog.Take([Part(0, "one\ntwo\n")], 1).Text.Span));

    [Fact]
    public void Nothing_was_written() => Assert.Equal((0, 0), ConsoleBacklog.Take([], 5) is var none ? (none.Text.Length, (int)none.End) : default);

    [Theory]
    [InlineData("wörd\tx\b\r\n", "wörd\tx\b\r\n")]
    [InlineData("\x1b[1;31mred\x1b[0m", "\x1b[1;31mred\x1b[0m")]
    [InlineData("a\x1b[6nb\x1b[cc\x1b[2Jd\x1b[?25le", "abcde")] // Where are you? Who are you? Erase, hide.
    [InlineData("a\x1b]0;title\ab\x1b]52;c;eA==\x1b\\c\x1bP+q544e\x1b\\d", "abcd")] // A title, the clipboard, a question.
    [InlineData("a\x05b\x0ec\x7fd", "abcd")] // Who are you? Another character set.
    [InlineData("a\u009b6nb", "a6nb")] // As one character.
    [InlineData("a\x1b(Bb\x1b7c\x1b", "abc")]
    [InlineData("a\x1b[31", "a")]
    [InlineData("a\x1b]0;no end", "a")]
    public void What_a_terminal_would_act_upon_is_left_out_but_for_colours(string text, string shown) =>
        Assert.Equal(shown, Encoding.UTF8.GetString(ConsoleBacklog.Clean(Encoding.UTF8.GetBytes(text))));

    private static ConsolePart Part(long offset, string text) => new(offset, Encoding.UTF8.GetBytes(text));
}
