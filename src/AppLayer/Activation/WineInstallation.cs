using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using VirtFoundation;

namespace AppLayer.Activation;

/// <summary>Wine as it is installed on this computer.</summary>
/// <param name="Loader">Full path of the program that runs Windows programs.</param>
/// <param name="Server">Full path of wineserver.</param>
/// <param name="Key">Text that changes with every other version that is installed.</param>
internal sealed record WineInstallation(string Loader, string Server, string Key)
{
    /// <summary>The environment variable that names another loader, as Wine's own programs have it.</summary>
    internal const string LoaderVariable = "WINELOADER";

    // Debian's own place first: what it has in PATH is a script that complains of a missing 32-bit Wine. Then the project's own packages.
    private static readonly string[] Directories =
        ["/usr/lib/wine", "/opt/wine-stable/bin", "/opt/wine-staging/bin", "/opt/wine-devel/bin", "/usr/local/bin", "/usr/bin"];

    private static readonly string[] Loaders = ["wine64", "wine"];

    // The script is there to make a server of Debian's end at once when its last process has.
    private static readonly string[] Servers = ["wineserver", "wineserver64"];

    /// <summary>Finds it.</summary>
    /// <exception cref="VirtException">It is not there.</exception>
    internal static WineInstallation Find() => TryFind() ?? throw new VirtException(
        VirtErrorCode.WineUnavailable,
        "Windows programs need Wine, which is not installed: install the package 'wine64' (Debian, Ubuntu: apt-get install wine64), or 'wine' elsewhere.");

    /// <summary>Finds it, if it is there.</summary>
    internal static WineInstallation? TryFind() => Find(Environment.GetEnvironmentVariable(LoaderVariable), Directories);

    internal static WineInstallation? Find(string? named, IEnumerable<string> directories)
    {
        var loader = named is { Length: > 0 } && File.Exists(named) ? named : First(directories, Loaders);
        var server = loader is null ? null : First([Path.GetDirectoryName(loader)!, .. directories], Servers);
        return server is null ? null : new(loader!, server, KeyOf(loader!));
    }

    /// <summary>Whether the Wine that had a key is there as it was.</summary>
    internal static bool IsInstalled(string loader, string key) => File.Exists(loader) && KeyOf(loader) == key;

    private static string? First(IEnumerable<string> directories, string[] names) =>
        directories.SelectMany(directory => names.Select(name => Path.Combine(directory, name))).FirstOrDefault(File.Exists);

    // Asking the program for its version takes as long as starting it.
    private static string KeyOf(string loader)
    {
        var file = new FileInfo(loader);
        var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        var text = string.Create(CultureInfo.InvariantCulture, $"{target.FullName}\n{target.Length}\n{target.LastWriteTimeUtc:O}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
    }
}
