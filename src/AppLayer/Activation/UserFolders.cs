namespace AppLayer.Activation;

/// <summary>The folders of this computer's user that Windows programs have too (xdg-user-dirs).</summary>
internal static class UserFolders
{
    private static readonly (string Token, Environment.SpecialFolder Folder)[] Folders =
    [
        ("{Desktop}", Environment.SpecialFolder.DesktopDirectory),
        ("{Documents}", Environment.SpecialFolder.MyDocuments),
        ("{Music}", Environment.SpecialFolder.MyMusic),
        ("{Pictures}", Environment.SpecialFolder.MyPictures),
        ("{Videos}", Environment.SpecialFolder.MyVideos),
    ];

    /// <summary>Those that are there, by token path.</summary>
    internal static Dictionary<string, string> Find()
    {
        var found = new Dictionary<string, string>();
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        foreach (var (token, folder) in Folders)
        {
            Add(token, Environment.GetFolderPath(folder));
        }

        Add("{Downloads}", Path.Combine(home, "Downloads"));
        return found;

        void Add(string token, string path)
        {
            // Where the user has no such folder, some systems name the home directory.
            if (path.Length > 0 && path != home && Directory.Exists(path))
            {
                found[token] = path;
            }
        }
    }
}
