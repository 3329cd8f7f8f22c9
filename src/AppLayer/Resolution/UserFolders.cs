namespace AppLayer.Resolution;

/// <summary>Where a user of Linux keeps documents, for the known roots that pass through (xdg-user-dirs).</summary>
internal static class UserFolders
{
    private const int LargestFile = 64 << 10;

    // The known root, what xdg-user-dirs calls it, and its name where nobody says otherwise.
    private static readonly (string Root, string Key, string Default)[] Folders =
    [
        ("{Desktop}", "XDG_DESKTOP_DIR", "Desktop"),
        ("{Documents}", "XDG_DOCUMENTS_DIR", "Documents"),
        ("{Downloads}", "XDG_DOWNLOAD_DIR", "Downloads"),
        ("{Music}", "XDG_MUSIC_DIR", "Music"),
        ("{Pictures}", "XDG_PICTURES_DIR", "Pictures"),
        ("{Videos}", "XDG_VIDEOS_DIR", "Videos"),
    ];

    /// <summary>The folders that exist, by known root. A folder that is set to the home directory itself is none (as xdg-user-dirs has it).</summary>
    /// <param name="home">The user's home directory.</param>
    /// <param name="configuration">The directory with the user's settings: <c>~/.config</c>.</param>
    internal static IReadOnlyDictionary<string, string> Find(string home, string configuration)
    {
        var settings = Read(Path.Combine(configuration, "user-dirs.dirs"), home);
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (root, key, name) in Folders)
        {
            var folder = settings.GetValueOrDefault(key) ?? Path.Combine(home, name);
            if (Path.IsPathFullyQualified(folder) && folder.TrimEnd('/') != home.TrimEnd('/') && Directory.Exists(folder))
            {
                found.Add(root, folder);
            }
        }

        return found;
    }

    // Lines of shell, of one shape: XDG_DOCUMENTS_DIR="$HOME/Documents".
    private static Dictionary<string, string> Read(string path, string home)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        if (new FileInfo(path) is not { Exists: true, Length: <= LargestFile })
        {
            return settings;
        }

        foreach (var line in File.ReadLines(path))
        {
            if (line.Trim().Split('=', 2) is [var key, ['"', .. var value, '"']] && key.StartsWith("XDG_", StringComparison.Ordinal))
            {
                settings[key] = value.StartsWith("$HOME", StringComparison.Ordinal) ? home + value["$HOME".Length..] : value;
            }
        }

        return settings;
    }
}
