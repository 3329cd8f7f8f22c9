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

        Assert.Equal((text, 27), (Encoding.UTF8.GetString(backlog.Text.Span), backlog.End));
    }

    [Fact]
    public void A_line_that_is_ended_is_the_last_one() =>
        Assert.Equal("two\n", Encoding.UTF8.GetString(ConsoleBacklog.Take([Part(0, "one\ntwo\n")], 1).Text.Span));

    [Fact]
    public void Nothing_was_written() => Assert.Equal((0, 0), ConsoleBacklog.Take([], 5) is var none ? (none.Text.Length, (int)none.End) : default);

    [Theory]
    [InlineData("wörd\tx\b\r\n", "wörd\tx\b\r\n")]
    [InlineData("\u001b[1;31mred\u001b[0m", "\u001b[1;31mred\u001b[0m")]
    [InlineData("a\u001b[6nb\u001b[cc\u001b[2Jd\u001b[?25le", "abcde")] // Where are you? Who are you? Erase, hide.
    [InlineData("a\u001b]0;title\ab\u001b]52;c;eA==\u001b\\c\u001bP+q544e\u001b\\d", "abcd")] // A title, the clipboard, a question.
    [InlineData("a\u0005b\u000ec\u007fd", "abcd")] // Who are you? Another character set.
    [InlineData("a\u009b6nb", "a6nb")] // As one character.
    [InlineData("a\u001b(Bb\u001b7c\u001b", "abc")]
    [InlineData("a\u001b[31", "a")]
    [InlineData("a\u001b]0;no end", "a")]
    public void What_a_terminal_would_act_upon_is_left_out_but_for_colours(string text, string shown) =>
        Assert.Equal(shown, Encoding.UTF8.GetString(ConsoleBacklog.Clean(Encoding.UTF8.GetBytes(text))));

    private static ConsolePart Part(long offset, string text) => new(offset, Encoding.UTF8.GetBytes(text));
}
