namespace AppLayer.Paths;

/// <summary>
/// The known roots. Names and identifiers are those of Windows' known folders (KnownFolders.h; RoamingAppData is called AppData, as in
/// %AppData%).
/// </summary>
public static class KnownRoots
{
    /// <summary>The root directory of Linux.</summary>
    public const string LinuxRoot = "Root";

    /// <summary>The current user's security identifier. It is no folder, but is written in the same way.</summary>
    public const string UserSid = "UserSid";

    /// <summary>The drive of Windows, without a backslash: %SystemDrive%.</summary>
    public const string SystemDrive = "SystemDrive";

    /// <summary>The current user's folder: %UserProfile%.</summary>
    public const string Profile = "Profile";

    /// <summary>The roots; each names in its default only such as come before it.</summary>
    public static IReadOnlyList<KnownRoot> All { get; } =
    [
        new(LinuxRoot, null, null),
        new(SystemDrive, null, null),
        Folder("Windows", "F38BF404-1D43-42F2-9305-67DE0B28FC23", @"{SystemDrive}\Windows"),
        Folder("System", "1AC14E77-02E7-4E5D-B744-2EB1AE5198B7", @"{Windows}\System32"),
        Folder("SystemX86", "D65231B0-B2F1-4857-A4CE-A8E7C6EA7D27", @"{Windows}\SysWOW64"),
        Folder("Fonts", "FD228CB7-AE11-4AE3-864C-16F3910AB8FE", @"{Windows}\Fonts"),
        Folder("ProgramFiles", "905E63B6-C1BF-494E-B29C-65B732D3D21A", @"{SystemDrive}\Program Files"),
        Folder("ProgramFilesX86", "7C5A40EF-A0FB-4BFC-874A-C0F2E0B9FA8E", @"{SystemDrive}\Program Files (x86)"),
        Folder("ProgramFilesCommon", "F7F1ED05-9F6D-47A2-AAAE-29D317C6F066", @"{ProgramFiles}\Common Files"),
        Folder("ProgramFilesCommonX86", "DE974D24-D9C6-4D3E-BF91-F4455120B917", @"{ProgramFilesX86}\Common Files"),
        Folder("ProgramData", "62AB5D82-FDC1-4DC3-A9DD-070D1D495D97", @"{SystemDrive}\ProgramData"),
        Folder("CommonStartMenu", "A4115719-D62E-491D-AA7C-E74B8BE3B067", @"{ProgramData}\Microsoft\Windows\Start Menu"),
        Folder("CommonPrograms", "0139D44E-6AFE-49F2-8690-3DAFCAE6FFB8", @"{CommonStartMenu}\Programs"),
        Folder("CommonStartup", "82A5EA35-D9CD-47C5-9629-E15D2F714E6E", @"{CommonPrograms}\Startup"),
        Folder("CommonTemplates", "B94237E7-57AC-4347-9151-B08C6C32D1F7", @"{ProgramData}\Microsoft\Windows\Templates"),
        Folder("UserProfiles", "0762D272-C50A-4BB0-A382-697DCD729B80", @"{SystemDrive}\Users"),
        Folder("Public", "DFDF76A2-C82A-4D63-906A-5644AC457385", @"{UserProfiles}\Public"),
        Folder("PublicDesktop", "C4AA340D-F20F-4863-AFEF-F87EF2E6BA25", @"{Public}\Desktop"),
        Folder("PublicDocuments", "ED4824AF-DCE4-45A8-81E2-FC7965083634", @"{Public}\Documents"),
        Folder(Profile, "5E6C858F-0E22-4760-9AFE-EA3317B67173", null),
        Folder("AppData", "3EB685DB-65F9-4CF6-A03A-E3EF65729F3D", @"{Profile}\AppData\Roaming"),
        Folder("LocalAppData", "F1B32785-6FBA-4FCF-9D55-7B8E7F157091", @"{Profile}\AppData\Local"),
        Folder("LocalAppDataLow", "A520A1A4-1780-4FF6-BD18-167343C5AF16", @"{Profile}\AppData\LocalLow"),
        new("Temp", null, @"{LocalAppData}\Temp"),
        Folder("Desktop", "B4BFCC3A-DB2C-424C-B029-7FE99A87C641", @"{Profile}\Desktop"),
        Folder("Documents", "FDD39AD0-238F-46AF-ADB4-6C85480369C7", @"{Profile}\Documents"),
        Folder("Downloads", "374DE290-123F-4565-9164-39C4925E467B", @"{Profile}\Downloads"),
        Folder("Favorites", "1777F761-68AD-4D8A-87BD-30B759FA33DD", @"{Profile}\Favorites"),
        Folder("Music", "4BD8D571-6D19-48D3-BE97-422220080E43", @"{Profile}\Music"),
        Folder("Pictures", "33E28130-4E1E-4676-835A-98395C3BC3BB", @"{Profile}\Pictures"),
        Folder("Videos", "18989B1D-99B5-455B-841C-AB7C74E4DDFC", @"{Profile}\Videos"),
        Folder("StartMenu", "625B53C3-AB48-4EC1-BA1F-A1EF4146FC19", @"{AppData}\Microsoft\Windows\Start Menu"),
        Folder("Programs", "A77F5D77-2E2B-44C3-A6A2-ABA601054A51", @"{StartMenu}\Programs"),
        Folder("Startup", "B97D20BB-F46A-4C97-BA10-5E3608430854", @"{Programs}\Startup"),
        Folder("Recent", "AE50C081-EBD2-438A-8655-8A092E34987A", @"{AppData}\Microsoft\Windows\Recent"),
        Folder("SendTo", "8983036C-27C0-404B-8F08-102D10DCFD74", @"{AppData}\Microsoft\Windows\SendTo"),
        Folder("Templates", "A63293E8-664E-48DB-A079-DF759E0509F7", @"{AppData}\Microsoft\Windows\Templates"),
    ];

    /// <summary>Where a Windows has the roots unless told otherwise.</summary>
    /// <param name="systemDrive">The drive, without a backslash: <c>C:</c>.</param>
    /// <param name="userName">The name of the current user's folder.</param>
    /// <param name="userSid">The current user's SID.</param>
    public static IReadOnlyList<RootLocation> ForWindows(string systemDrive, string userName, string userSid)
    {
        ArgumentNullException.ThrowIfNull(systemDrive);
        var paths = new Dictionary<string, string> { [SystemDrive] = systemDrive };
        foreach (var root in All)
        {
            var pattern = root.Name == Profile ? $@"{{UserProfiles}}\{userName}" : root.Default;
            if (pattern is not null)
            {
                var end = pattern.IndexOf('}', StringComparison.Ordinal);
                paths.Add(root.Name, paths[pattern[1..end]] + pattern[(end + 1)..]);
            }
        }

        return [.. paths.Select(root => new RootLocation(root.Key, root.Value)), new(UserSid, userSid) { Kind = RootKind.Identifier }];
    }

    private static KnownRoot Folder(string name, string id, string? place) => new(name, Guid.Parse(id), place);
}
