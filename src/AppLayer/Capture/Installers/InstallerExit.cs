using System.Globalization;
using VirtSpecs;

namespace AppLayer.Capture.Installers;

/// <summary>What an installer ended with.</summary>
/// <param name="Code">The exit code as the installer meant it, as far as that can be told.</param>
/// <param name="IsSuccess">Whether it succeeded.</param>
/// <param name="RestartWanted">Whether it wants the system to be restarted.</param>
/// <param name="Meaning">What the code means, if that is known.</param>
internal readonly record struct InstallerExit(int Code, bool IsSuccess, bool RestartWanted, string? Meaning)
{
    // Linux keeps eight bits of what a Windows program ends with.
    private const int KeptOnLinux = 0xff;

    // ERROR_SUCCESS_REBOOT_REQUIRED and ERROR_SUCCESS_REBOOT_INITIATED (winerror.h).
    private static readonly int[] Restarts = [3010, 1641];

    // Windows Installer (winerror.h, "Error Codes - Win32 apps").
    private static readonly Dictionary<int, string> OfWindowsInstaller = new()
    {
        [1602] = "the user cancelled the installation",
        [1603] = "a fatal error during the installation",
        [1605] = "the action is for products that are installed",
        [1618] = "another installation is in progress",
        [1619] = "the package could not be opened",
        [1620] = "it is no package of Windows Installer",
        [1624] = "a transform could not be applied",
        [1625] = "a policy forbids the installation",
        [1627] = "a function failed during the execution",
        [1633] = "the package is for another processor",
        [1638] = "another version of the product is installed",
        [1639] = "an argument is invalid",
    };

    // NSIS, "Error Levels" (appendix D).
    private static readonly Dictionary<int, string> OfNsis = new() { [1] = "the user cancelled the installation", [2] = "the installer's script aborted" };

    /// <summary>What an installer ended with, for people.</summary>
    /// <param name="code">What the system says.</param>
    /// <param name="platform">Whose program it is.</param>
    internal string Describe(int code, LayerPlatform platform)
    {
        var meant = Meaning is null ? "" : $" ({Meaning})";
        return platform != LayerPlatform.Windows || OperatingSystem.IsWindows() ? $"{Code}{meant}"
            : Code == code && Meaning is null ? $"an exit code whose last 8 bits are {code}: Wine passes on no more of it"
            : $"{Code}{meant}{(Code == code ? "" : $", or with another code whose last 8 bits are {code}: Wine passes on no more of it")}";
    }

    /// <summary>Judges an exit code.</summary>
    /// <param name="code">What the system says that the installer ended with.</param>
    /// <param name="platform">Whose program it is.</param>
    /// <param name="command">The installer.</param>
    /// <param name="accepted">What is success beside 0.</param>
    internal static InstallerExit Judge(int code, LayerPlatform platform, string command, IReadOnlyCollection<int> accepted)
    {
        var isCut = platform == LayerPlatform.Windows && !OperatingSystem.IsWindows();
        if (code == 0 || accepted.Any(Is))
        {
            return new(code, true, false, null);
        }

        if (platform != LayerPlatform.Windows)
        {
            return new(code, false, false, code > 128 && code < 192 ? string.Create(CultureInfo.InvariantCulture, $"signal {code - 128}") : null);
        }

        foreach (var restart in Restarts.Where(restart => Is(restart)))
        {
            return new(restart, true, true, null);
        }

        var isWindowsInstaller = command.EndsWith(".msi", StringComparison.OrdinalIgnoreCase) || command.Contains("msiexec", StringComparison.OrdinalIgnoreCase);
        var meanings = isWindowsInstaller ? OfWindowsInstaller : OfNsis;
        var meant = meanings.Keys.FirstOrDefault(Is);
        return meant == 0 ? new(code, false, false, null) : new(meant, false, false, meanings[meant]);

        bool Is(int known) => code == known || (isCut && code == (known & KeptOnLinux));
    }
}
