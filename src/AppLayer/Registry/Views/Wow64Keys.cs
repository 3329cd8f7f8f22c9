namespace AppLayer.Registry.Views;

/// <summary>
/// Where a 32-bit program on a 64-bit Windows 7 or later finds a key. The table is Microsoft's "Registry Keys Affected by WOW64" (Win32
/// documentation); the physical places are those of its "WOW64 Symbolic Links".
/// </summary>
internal static class Wow64Keys
{
    private const string Node = "Wow6432Node";

    /// <summary>
    /// Keys whose subkeys are the 32-bit program's own, and where the 32-bit key for <c>…\X</c> is: below the first, in <see cref="Node"/>.
    /// </summary>
    private static readonly (RegistryPath Parent, string[] Keys)[] RedirectedClasses =
    [
        (new(RegistryRoot.Machine, @"SOFTWARE\Classes"), ["CLSID", "DirectShow", "Interface", "Media Type", "MediaFoundation"]),
        (new(RegistryRoot.CurrentUser, @"SOFTWARE\Classes"), ["CLSID", "DirectShow", "Interface", "Media Type", "MediaFoundation"]),
    ];

    /// <summary>Keys of <see cref="RedirectedClasses"/> that a path through the physical node reaches in the shared place.</summary>
    private static readonly string[] SharedClasses = ["AppId", "PROTOCOLS", "Typelib"];

    private static readonly RegistryPath Software = new(RegistryRoot.Machine, "SOFTWARE");

    private static readonly string[] Shared =
    [
        "Classes",
        "Clients",
        @"Microsoft\COM3",
        @"Microsoft\Cryptography\Calais\Current",
        @"Microsoft\Cryptography\Calais\Readers",
        @"Microsoft\Cryptography\Services",
        @"Microsoft\CTF\SystemShared",
        @"Microsoft\CTF\TIP",
        @"Microsoft\DFS",
        @"Microsoft\Driver Signing",
        @"Microsoft\EnterpriseCertificates",
        @"Microsoft\EventSystem",
        @"Microsoft\MSMQ",
        @"Microsoft\Non-Driver Signing",
        @"Microsoft\Notepad\DefaultFonts",
        @"Microsoft\OLE",
        @"Microsoft\RAS",
        @"Microsoft\RPC",
        @"Microsoft\SOFTWARE\Microsoft\Shared Tools\MSInfo",
        @"Microsoft\SystemCertificates",
        @"Microsoft\TermServLicensing",
        @"Microsoft\TransactionServer",
        @"Microsoft\Windows\CurrentVersion\App Paths",
        @"Microsoft\Windows\CurrentVersion\Control Panel\Cursors\Schemes",
        @"Microsoft\Windows\CurrentVersion\Explorer\AutoplayHandlers",
        @"Microsoft\Windows\CurrentVersion\Explorer\DriveIcons",
        @"Microsoft\Windows\CurrentVersion\Explorer\KindMap",
        @"Microsoft\Windows\CurrentVersion\Group Policy",
        @"Microsoft\Windows\CurrentVersion\Policies",
        @"Microsoft\Windows\CurrentVersion\PreviewHandlers",
        @"Microsoft\Windows\CurrentVersion\Setup",
        @"Microsoft\Windows\CurrentVersion\Telephony\Locations",
        @"Microsoft\Windows NT\CurrentVersion\Console",
        @"Microsoft\Windows NT\CurrentVersion\FontDpi",
        @"Microsoft\Windows NT\CurrentVersion\FontLink",
        @"Microsoft\Windows NT\CurrentVersion\FontMapper",
        @"Microsoft\Windows NT\CurrentVersion\Fonts",
        @"Microsoft\Windows NT\CurrentVersion\FontSubstitutes",
        @"Microsoft\Windows NT\CurrentVersion\Gre_Initialize",
        @"Microsoft\Windows NT\CurrentVersion\Image File Execution Options",
        @"Microsoft\Windows NT\CurrentVersion\Language Pack",
        @"Microsoft\Windows NT\CurrentVersion\NetworkCards",
        @"Microsoft\Windows NT\CurrentVersion\Perflib",
        @"Microsoft\Windows NT\CurrentVersion\Ports",
        @"Microsoft\Windows NT\CurrentVersion\Print",
        @"Microsoft\Windows NT\CurrentVersion\ProfileList",
        @"Microsoft\Windows NT\CurrentVersion\Time Zones",
        "Policies",
        "RegisteredApplications",
        Node,
    ];

    /// <summary>The physical place of a key that a 32-bit program names. A place that is physical already stays.</summary>
    public static RegistryPath Redirect(RegistryPath path)
    {
        foreach (var (classes, keys) in RedirectedClasses)
        {
            if (path.TryCut(classes, out var below))
            {
                return keys.Any(key => IsAt(below, key)) ? classes.Below(Node).Below(below) : path;
            }
        }

        return path.TryCut(Software, out var rest) && rest.Length > 0 && !Shared.Any(key => IsAt(rest, key))
            ? Software.Below(Node).Below(rest)
            : path;
    }

    /// <summary>What the links that every Windows has under its Wow6432Node stand for; a registry need not hold them as links.</summary>
    public static RegistryPath FollowFixedLinks(RegistryPath path)
    {
        var classes = Software.Below("Classes");
        if (path.TryCut(Software.Below(Node).Below("Classes"), out var rest))
        {
            path = classes.Below(Node).Below(rest);
        }

        return path.TryCut(classes.Below(Node), out rest) && SharedClasses.Any(key => IsAt(rest, key)) ? classes.Below(rest) : path;
    }

    private static bool IsAt(string path, string key) =>
        new RegistryPath(RegistryRoot.Machine, path).TryCut(new(RegistryRoot.Machine, key), out _);
}
