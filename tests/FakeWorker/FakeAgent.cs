using System.Diagnostics;
using System.Text.Json.Nodes;

namespace FakeWorker;

/// <summary>
/// Speaks the QEMU guest agent's protocol as qemu-ga does, for a guest whose programs and files are the host's. The client is tested against
/// qemu-ga itself elsewhere; this one is there where no guest is.
/// </summary>
internal sealed class FakeAgent : IDisposable
{
    private readonly Stream _writer;
    private readonly Action _powerDown;
    private readonly CancellationTokenSource _end = new();
    private readonly Dictionary<long, Execution> _executions = [];
    private readonly Dictionary<long, FileStream> _files = [];
    private long _lastHandle;

    public FakeAgent(Stream reader, Stream writer, Action powerDown)
    {
        _writer = writer;
        _powerDown = powerDown;
        _ = Task.Run(() => ServeAsync(reader));
    }

    public void Dispose() => _end.Cancel();

    private async Task ServeAsync(Stream reader)
    {
        var line = new List<byte>();
        var buffer = new byte[4096];
        int read;
        while ((read = await reader.ReadAsync(buffer, _end.Token)) > 0)
        {
            foreach (var value in buffer.AsSpan(0, read).ToArray())
            {
                if (value == 0xff)
                {
                    line.Clear();
                }
                else if (value == '\n')
                {
                    await AnswerAsync([.. line]);
                    line.Clear();
                }
                else
                {
                    line.Add(value);
                }
            }
        }
    }

    private async Task AnswerAsync(byte[] line)
    {
        JsonNode? answer;
        var delimited = false;
        try
        {
            var request = JsonNode.Parse(line)!;
            var name = (string)request["execute"]!;
            delimited = name == "guest-sync-delimited";
            var result = Carry(name, request["arguments"] ?? new JsonObject());
            if (result is null)
            {
                return;
            }

            answer = new JsonObject { ["return"] = result };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            answer = new JsonObject { ["error"] = new JsonObject { ["class"] = "GenericError", ["desc"] = e.Message } };
        }

        byte[] reply = [.. delimited ? [(byte)0xff] : Array.Empty<byte>(), .. System.Text.Encoding.UTF8.GetBytes(answer.ToJsonString()), (byte)'\n'];
        await _writer.WriteAsync(reply, _end.Token);
    }

    private JsonNode? Carry(string name, JsonNode arguments)
    {
        switch (name)
        {
            case "guest-sync-delimited":
                return (long)arguments["id"]!;
            case "guest-info":
                return JsonNode.Parse("""{"version":"7.2.fake","supported_commands":[{"name":"guest-exec","enabled":true,"success-response":true}]}""");
            case "guest-get-osinfo":
                return JsonNode.Parse("""{"id":"fakeos","pretty-name":"Fake OS 1","kernel-release":"6.1.0","machine":"x86_64"}""");
            case "guest-get-host-name":
                return JsonNode.Parse("""{"host-name":"fake"}""");
            case "guest-network-get-interfaces":
                return JsonNode.Parse(
                    """
                    [{"name":"lo","ip-addresses":[{"ip-address-type":"ipv4","ip-address":"127.0.0.1","prefix":8}]},
                     {"name":"eth0","hardware-address":"52:54:00:00:00:01",
                      "ip-addresses":[{"ip-address-type":"ipv4","ip-address":"10.20.0.10","prefix":24}]}]
                    """);
            case "guest-exec":
                var execution = new Execution(arguments);
                _executions[execution.Id] = execution;
                return new JsonObject { ["pid"] = execution.Id };
            case "guest-exec-status":
                return Status((long)arguments["pid"]!);
            case "guest-file-open":
                var mode = (string?)arguments["mode"] switch { "rb" => FileMode.Open, "ab" => FileMode.Append, _ => FileMode.Create };
                _files[++_lastHandle] = new((string)arguments["path"]!, mode, mode == FileMode.Open ? FileAccess.Read : FileAccess.Write);
                return _lastHandle;
            case "guest-file-read":
                var buffer = new byte[(int)arguments["count"]!];
                var read = Of(arguments).Read(buffer);
                return new JsonObject { ["count"] = read, ["buf-b64"] = Convert.ToBase64String(buffer, 0, read), ["eof"] = read < buffer.Length };
            case "guest-file-write":
                var data = Convert.FromBase64String((string)arguments["buf-b64"]!);
                Of(arguments).Write(data);
                return new JsonObject { ["count"] = data.Length, ["eof"] = false };
            case "guest-file-close":
                Of(arguments).Dispose();
                _files.Remove((long)arguments["handle"]!);
                return new JsonObject();
            case "guest-shutdown":
                _ = Task.Run(_powerDown);
                return null;
            default:
                throw new NotSupportedException($"The command {name} has not been found");
        }
    }

    private JsonObject Status(long id)
    {
        var execution = _executions.TryGetValue(id, out var found) ? found : throw new ArgumentException($"PID {id} does not exist");
        if (!execution.Done.IsCompleted)
        {
            return new() { ["exited"] = false };
        }

        _executions.Remove(id);
        return execution.Done.Result;
    }

    private FileStream Of(JsonNode arguments) =>
        _files.TryGetValue((long)arguments["handle"]!, out var file) ? file : throw new ArgumentException("handle has not been found");

    private sealed class Execution
    {
        public Execution(JsonNode arguments)
        {
            var list = arguments["arg"]?.AsArray().Select(one => (string)one!) ?? [];
            var start = new ProcessStartInfo((string)arguments["path"]!, list)
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            };
            var process = Process.Start(start)!;
            Id = process.Id;
            Done = RunAsync(process, Convert.FromBase64String((string?)arguments["input-data"] ?? ""));
        }

        public long Id { get; }

        public Task<JsonObject> Done { get; }

        private static async Task<JsonObject> RunAsync(Process process, byte[] input)
        {
            using (process)
            {
                var output = ReadAsync(process.StandardOutput.BaseStream);
                var error = ReadAsync(process.StandardError.BaseStream);
                try
                {
                    await process.StandardInput.BaseStream.WriteAsync(input);
                    process.StandardInput.Close();
                }
                catch (IOException)
                {
                    // It reads nothing.
                }

                await process.WaitForExitAsync();
                var status = new JsonObject { ["exited"] = true };
                // .NET tells of a signal as 128 and its number; qemu-ga apart.
                status[process.ExitCode > 128 ? "signal" : "exitcode"] = process.ExitCode > 128 ? process.ExitCode - 128 : process.ExitCode;
                status["out-data"] = Convert.ToBase64String(await output);
                status["err-data"] = Convert.ToBase64String(await error);
                return status;
            }
        }

        private static async Task<byte[]> ReadAsync(Stream stream)
        {
            var all = new MemoryStream();
            await stream.CopyToAsync(all);
            return all.ToArray();
        }
    }
}
