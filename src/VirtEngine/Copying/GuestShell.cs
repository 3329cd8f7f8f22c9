using System.Text;
using VirtEngine.GuestAgent;
using VirtEngine.Hosts;
using VirtFoundation;

namespace VirtEngine.Copying;

/// <summary>
/// What the guest agent's protocol has no command for: directories, as the guest's own shell tells of them. Nothing that it is given is evaluated.
/// </summary>
internal sealed class GuestShell(MachineConnection connection)
{
    private const string Shell = "/bin/sh";

    // Programs have a limit for their arguments; a fraction of it.
    private const int MostArguments = 200;

    // Kind and path of what is there, each ended by NUL; after a directory that is to be looked into what is below it: directories, files,
    // others, each list ended by an empty text.
    private const string ListScript =
        """
        show() {
            case $1 in -*) set -- "./$1" ;; esac
            if [ -d "$1" ]; then printf 'd\0%s\0' "$1"; elif [ -f "$1" ]; then printf 'f\0%s\0' "$1"; else printf 'o\0%s\0' "$1"; fi
            if [ -d "$1" ] && [ "$recurse" = 1 ]; then
                find -L "$1" -mindepth 1 -type d -print0 && printf '\0' || exit 1
                find -L "$1" -mindepth 1 -type f -print0 && printf '\0' || exit 1
                find -L "$1" -mindepth 1 ! -type d ! -type f -print0 && printf '\0' || exit 1
            fi
        }
        recurse=$3
        if [ "$2" = 1 ]; then
            IFS=
            for one in $1; do
                if [ -e "$one" ]; then show "$one"; fi
            done
        elif [ -e "$1" ]; then
            show "$1"
        else
            exit 3
        fi
        exit 0
        """;

    // The agent makes files that everybody may write to; one that is there already is not made.
    private const string MakeFilesScript =
        """
        umask 077
        while [ $# -gt 1 ]; do
            if [ ! -e "$2" ]; then
                : > "$2" && chmod "$1" "$2" || exit 1
            fi
            shift 2
        done
        exit 0
        """;

    /// <summary>Whether there is a directory; false too where the guest has no shell or lets none run.</summary>
    internal async Task<bool> IsDirectoryAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return (await RunAsync("""[ -d "$1" ]""", [path], cancellation).ConfigureAwait(false)).ExitCode == 0;
        }
        catch (VirtException e) when (e.Code == VirtErrorCode.AgentRefused)
        {
            return false;
        }
    }

    /// <summary>Finds files and directories.</summary>
    /// <param name="path">A path, or a pattern with *, ? and [ ].</param>
    /// <param name="isPattern">Whether it is a pattern.</param>
    /// <param name="recurse">Whether to look into directories.</param>
    /// <param name="cancellation">Ends the looking.</param>
    /// <returns>What was found by the path itself, by name; nothing for a pattern that nothing matches.</returns>
    /// <exception cref="VirtException">There is no such path, or the guest cannot list it.</exception>
    internal async Task<IReadOnlyList<GuestItem>> FindAsync(string path, bool isPattern, bool recurse, CancellationToken cancellation)
    {
        var result = await RunAsync(ListScript, [path, isPattern ? "1" : "0", recurse ? "1" : "0"], cancellation).ConfigureAwait(false);
        return result switch
        {
            { ExitCode: 3 } => throw new VirtException(VirtErrorCode.AgentRefused, $"'{path}' does not exist in the guest."),
            { OutputTruncated: true } => throw new VirtException(
                VirtErrorCode.AgentRefused, $"'{path}' holds more than the guest agent can list at once; copy its parts."),
            { ExitCode: 0 } => Read(result.Output, recurse),
            _ => throw Refused($"'{path}' cannot be listed", result),
        };
    }

    /// <summary>Makes directories that are not there yet, with those above them.</summary>
    /// <exception cref="VirtException">The guest refuses.</exception>
    internal async Task MakeDirectoriesAsync(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        foreach (var some in paths.Chunk(MostArguments))
        {
            var result = await RunAsync("""mkdir -p -- "$@" """, some, cancellation).ConfigureAwait(false);
            if (result.ExitCode != 0)
            {
                throw Refused("Directories cannot be made", result);
            }
        }
    }

    /// <summary>Makes those files that are not there yet, empty.</summary>
    /// <param name="files">Paths, with the permissions of each: nine bits, as chmod has them.</param>
    /// <param name="cancellation">Ends the making.</param>
    /// <returns>False where the guest has no shell or lets none run.</returns>
    /// <exception cref="VirtException">The guest refuses.</exception>
    internal async Task<bool> TryMakeFilesAsync(IReadOnlyList<(string Path, UnixFileMode Mode)> files, CancellationToken cancellation)
    {
        foreach (var some in files.Chunk(MostArguments / 2))
        {
            GuestCommandResult result;
            try
            {
                var arguments = some.SelectMany(file => (string[])[Convert.ToString((int)file.Mode & 0x1FF, 8), file.Path]);
                result = await RunAsync(MakeFilesScript, [.. arguments], cancellation).ConfigureAwait(false);
            }
            catch (VirtException e) when (e.Code == VirtErrorCode.AgentRefused)
            {
                return false;
            }

            if (result.ExitCode != 0)
            {
                throw Refused("A file cannot be made", result);
            }
        }

        return true;
    }

    /// <summary>Reads what the listing tells. It is the guest's word: places that its form does not allow are refused.</summary>
    internal static IReadOnlyList<GuestItem> Read(ReadOnlySpan<byte> listing, bool recurse)
    {
        var texts = new Queue<string>();
        while (listing.IndexOf((byte)0) is >= 0 and var end)
        {
            texts.Enqueue(Encoding.UTF8.GetString(listing[..end]));
            listing = listing[(end + 1)..];
        }

        var items = new List<GuestItem>();
        while (texts.TryDequeue(out var kind))
        {
            var path = Take(texts);
            items.Add(kind switch
            {
                "d" when recurse => new(path, IsDirectory: true, List(texts), List(texts), List(texts)),
                "d" => new(path, IsDirectory: true, [], [], []),
                "f" => new(path, IsDirectory: false, [], [], []),
                "o" => new(path, IsDirectory: false, [], [], [path]),
                _ => throw Malformed(),
            });
        }

        return listing.IsEmpty ? items : throw Malformed();
    }

    private static List<string> List(Queue<string> texts)
    {
        var list = new List<string>();
        while (Take(texts) is { Length: > 0 } text)
        {
            list.Add(text);
        }

        return list;
    }

    private static string Take(Queue<string> texts) => texts.TryDequeue(out var text) ? text : throw Malformed();

    private static VirtException Malformed() =>
        new(VirtErrorCode.AgentProtocolViolation, "What the guest lists has no form that a listing has.");

    private static VirtException Refused(string what, GuestCommandResult result) =>
        new(VirtErrorCode.AgentRefused, $"{what}; the guest says: {GuestText.Clean(Encoding.UTF8.GetString(result.Error))}");

    private async Task<GuestCommandResult> RunAsync(string script, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        try
        {
            var command = new GuestCommand { Path = Shell, Arguments = ["-c", script, "sh", .. arguments] };
            return await connection.RunAsync(command, cancellation).ConfigureAwait(false);
        }
        catch (VirtException e) when (e.Code == VirtErrorCode.AgentRefused)
        {
            throw new VirtException(
                VirtErrorCode.AgentRefused, $"Wildcards and directories in a guest need its shell {Shell}, which does not run: {e.Message}", e);
        }
    }
}
