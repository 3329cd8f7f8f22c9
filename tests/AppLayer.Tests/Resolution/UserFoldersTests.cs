using AppLayer.Resolution;
using VirtTools.Tests;

namespace AppLayer.Tests.Resolution;

public class UserFoldersTests
{
    [Fact]
    public void Folders_are_where_the_user_has_put_them()
    {
        using var home = new TemporaryDirectory();
        foreach (var name in (string[])["Dokumente", "Desktop", ".config"]) Directory.CreateDirectory(home[name]);
        File.WriteAllText(Path.Combine(home[".config"], "user-dirs.dirs"),
            "# a comment\nXDG_DOCUMENTS_DIR=\"$HOME/Dokumente\"\nXDG_MUSIC_DIR=\"$HOME/\"\nXDG_VIDEOS_DIR=\"relative\"\nrubbish\n");
        var found = UserFolders.Find(home.Path, home[".config"]);
        Assert.Equal(2, found.Count);
        Assert.Equal((home.Path + "/Dokumente", home["Desktop"]), (found["{Documents}"], found["{Desktop}"]));
    }
}
