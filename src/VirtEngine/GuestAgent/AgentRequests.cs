using System.Buffers;
using System.Text.Json;

namespace VirtEngine.GuestAgent;

/// <summary>Writes the agent's commands (qga/qapi-schema.json of QEMU).</summary>
internal static class AgentRequests
{
    private static readonly JsonWriterOptions Options = new() { SkipValidation = false };

    internal static readonly AgentCommand Info = new("guest-info", default, Repeatable: true);
    internal static readonly AgentCommand OperatingSystem = new("guest-get-osinfo", default, Repeatable: true);
    internal static readonly AgentCommand HostName = new("guest-get-host-name", default, Repeatable: true);
    internal static readonly AgentCommand Interfaces = new("guest-network-get-interfaces", default, Repeatable: true);

    internal static AgentCommand Sync(long id) => new("guest-sync-delimited", Write(json => json.WriteNumber("id", id)), Repeatable: true);

    internal static AgentCommand Exec(GuestCommand command) => new(
        "guest-exec",
        Write(json =>
        {
            json.WriteString("path", command.Path);
            WriteList(json, "arg", command.Arguments);
            WriteList(json, "env", command.Environment);
            if (command.Input is { } input)
            {
                json.WriteBase64String("input-data", input);
            }

            json.WriteBoolean("capture-output", true);
        }),
        Repeatable: false);

    // The agent forgets a process once it has told its end: asking again is no repetition.
    internal static AgentCommand ExecStatus(long process) =>
        new("guest-exec-status", Write(json => json.WriteNumber("pid", process)), Repeatable: false);

    internal static AgentCommand FileOpen(string path, GuestFileMode mode) => new(
        "guest-file-open",
        Write(json =>
        {
            json.WriteString("path", path);
            json.WriteString("mode", mode switch { GuestFileMode.Read => "rb", GuestFileMode.Create => "wb", _ => "ab" });
        }),
        Repeatable: false);

    internal static AgentCommand FileRead(long handle, int count) => new(
        "guest-file-read",
        Write(json =>
        {
            json.WriteNumber("handle", handle);
            json.WriteNumber("count", count);
        }),
        Repeatable: false);

    internal static AgentCommand FileWrite(long handle, ReadOnlyMemory<byte> data) => new(
        "guest-file-write",
        Write(json =>
        {
            json.WriteNumber("handle", handle);
            json.WriteBase64String("buf-b64", data.Span);
        }),
        Repeatable: false);

    internal static AgentCommand FileSeek(long handle, long offset, SeekOrigin origin) => new(
        "guest-file-seek",
        Write(json =>
        {
            json.WriteNumber("handle", handle);
            json.WriteNumber("offset", offset);
            json.WriteString("whence", origin switch { SeekOrigin.Begin => "set", SeekOrigin.Current => "cur", _ => "end" });
        }),
        Repeatable: false);

    internal static AgentCommand FileClose(long handle) =>
        new("guest-file-close", Write(json => json.WriteNumber("handle", handle)), Repeatable: false);

    internal static AgentCommand Shutdown(GuestPowerAction action) => new(
        "guest-shutdown",
        Write(json => json.WriteString(
            "mode", action switch { GuestPowerAction.PowerDown => "powerdown", GuestPowerAction.Halt => "halt", _ => "reboot" })),
        Repeatable: false);

    /// <summary>The line that carries a command.</summary>
    internal static byte[] Line(AgentCommand command, bool delimited)
    {
        var line = new ArrayBufferWriter<byte>();
        if (delimited)
        {
            // Makes the agent's parser drop what a former client left half written.
            line.Write([AgentLineReader.Sentinel]);
        }

        using (var json = new Utf8JsonWriter(line, Options))
        {
            json.WriteStartObject();
            json.WriteString("execute", command.Name);
            if (!command.Arguments.IsEmpty)
            {
                json.WritePropertyName("arguments");
                json.WriteRawValue(command.Arguments.Span, skipInputValidation: true);
            }

            json.WriteEndObject();
        }

        line.Write("\n"u8);
        return line.WrittenSpan.ToArray();
    }

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
