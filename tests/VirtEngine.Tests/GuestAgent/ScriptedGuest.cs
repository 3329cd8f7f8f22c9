using System.Text;
using System.Text.Json.Nodes;
using FakeWorker;
using VirtEngine.GuestAgent;

namespace VirtEngine.Tests.GuestAgent;

/// <summary>A guest that answers each command with the lines of a script (Latin-1; <c>@SYNC@</c> is the answer to the sync asked for).</summary>
internal sealed class ScriptedGuest : IAsyncDisposable
{
    private readonly Func<string, string[]> _script;
    private readonly Task _serving;

    public ScriptedGuest(Func<string, string[]> script, TimeSpan? answerPatience = null)
    {
        _script = script;
        Client = new(Channel, answerPatience ?? TimeSpan.FromSeconds(20));
        _serving = Task.Run(ServeAsync);
    }

    public FakeChannel Channel { get; } = new(open: true);

    public GuestAgentClient Client { get; }

    public List<string> Commands { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        Channel.End();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ServeAsync()
    {
        using var reader = new StreamReader(Channel.GuestReader, Encoding.Latin1);
        while (await reader.ReadLineAsync() is { } line)
        {
            var request = JsonNode.Parse(line.TrimStart('\u00ff'))!;
            var name = (string)request["execute"]!;
            Commands.Add(name);
            foreach (var answer in _script(name))
            {
                var text = answer.Replace("@SYNC@", $"{{\"return\":{request["arguments"]?["id"]}}}", StringComparison.Ordinal);
                await Channel.GuestWriter.WriteAsync(Encoding.Latin1.GetBytes(text + "\n"));
            }
        }
    }
}
