namespace VirtTools.Build.Debian;

/// <summary>What the tests and the demo need of Debian, and getting it.</summary>
internal static class DebianPackages
{
    private static readonly Dictionary<string, string> Quiet = new() { ["DEBIAN_FRONTEND"] = "noninteractive", ["LC_ALL"] = "C" };

    private static readonly DebianPackage[] GuestImage =
    [
        new("linux-image-cloud-amd64", PackageUse.Download, "the guest's kernel"),
        new("busybox-static", PackageUse.Download, "the guest's commands"),
        new("qemu-guest-agent", PackageUse.Download, "the guest's agent"),
    ];

    private static readonly DebianPackage[] WindowsPrograms =
    [
        new("nsis", PackageUse.Install, "a Windows installer for virtual applications (makensis)"),
        new("wine", PackageUse.Install, "Windows programs in virtual applications"),
        new("wine64", PackageUse.Install, "Windows programs in virtual applications"),
        new("wixl", PackageUse.Install, "a Windows Installer package for virtual applications"),
    ];

    internal static readonly DebianPackage[] ForDemo =
    [
        .. GuestImage,
        .. WindowsPrograms,
        new("busybox", PackageUse.Download, "a Linux program in a layer"),
    ];

    internal static readonly DebianPackage[] ForTests =
    [
        .. GuestImage,
        new("linux-image-amd64", PackageUse.Download, "the hardware lab (the kernel of a machine with AMD-V, which QEMU emulates)"),
        new("acl", PackageUse.Install, "tests of what layers cannot hold (setfacl)"),
        new("acpica-tools", PackageUse.Install, "tests of the ACPI tables (iasl)"),
        new("attr", PackageUse.Install, "tests of extended attributes in layers and footprints (getfattr, setfattr)"),
        new("binutils", PackageUse.Install, "tests of package and ELF files (ar, readelf)"),
        new("cpio", PackageUse.Install, "tests of guest images"),
        new("dmidecode", PackageUse.Install, "tests of the SMBIOS tables"),
        new("dpkg", PackageUse.Install, "tests of Debian packages (dpkg-deb)"),
        new("e2fsprogs", PackageUse.Install, "tests of disks with ext4 (mke2fs, debugfs, e2fsck)"),
        new("g++", PackageUse.Install, "comparison of the software CPU with the real one, peers in C for the hardware lab"),
        new("gzip", PackageUse.Install, "tests of kernel files"),
        new("libhivex-bin", PackageUse.Install, "tests of registry hives (hivexsh)"),
        new("libregf-utils", PackageUse.Install, "tests of registry hives (regfexport)"),
        new("libwin-hivex-perl", PackageUse.Install, "tests of registry hives and .reg files (hivexregedit)"),
        new("lz4", PackageUse.Install, "tests of kernel files"),
        new("mingw-w64-common", PackageUse.Install, "comparison of the Windows Hypervisor Platform's structures with headers"),
        new("nsis", PackageUse.Install, "tests of captures (makensis)"),
        new("openssl", PackageUse.Install, "tests of captures (digests)"),
        new("qemu-guest-agent", PackageUse.Install, "tests of the agent client against the agent itself"),
        new("qemu-system-x86", PackageUse.Install, "tests of guest images in another machine, and the hardware lab"),
        new("reglookup", PackageUse.Install, "tests of registry hives"),
        new("wine", PackageUse.Install, "tests of registry files in exchange with Wine"),
        new("wine64", PackageUse.Install, "tests of registry files in exchange with Wine"),
        new("wixl", PackageUse.Install, "tests of captures (wixl)"),
        new("xz-utils", PackageUse.Install, "tests of packages and kernel files"),
        new("zstd", PackageUse.Install, "tests of packages and kernel files"),
    ];

    /// <summary>Sees to it that packages are there, and says what is missing and why. What then fails or is skipped says so itself.</summary>
    internal static void Provide(DebianPackage[] packages)
    {
        if (!OperatingSystem.IsLinux()) return;
        if (Command.Find("apt-get") is null)
        {
            Console.WriteLine($"No apt here: {string.Join(", ", packages.Select(p => p.Name).Distinct())} must already be there, by whatever name.");
            return;
        }

        var updated = false;
        var unknown = Unknown(packages);
        if (unknown.Count > 0 || ListsAreOld()) Update();
        foreach (var package in unknown.Count > 0 ? Unknown(packages) : []) Report(package, "apt does not know it");

        var missing = Missing(packages);
        if (missing.Count == 0 || Install(missing) is not { } problem) return;
        if (!updated)
        {
            Update();
            if (Install(missing) is null) return;
        }

        // One bad package must not keep the others out.
        foreach (var package in missing)
        {
            problem = Install([package]);
            if (problem is not null) Report(package, problem);
        }

        void Update()
        {
            updated = true;
            Console.WriteLine("Updating apt's lists.");
            if (AsRoot("update", "-qq") is { } failure) Console.WriteLine($"apt-get update failed: {failure}");
        }
    }

    private static void Report(DebianPackage package, string problem) =>
        Console.WriteLine($"Debian package {package.Name} cannot be had ({problem}): {package.NeededBy} cannot run.");

    // Ours download these, so apt must know an archive that has them: 'apt-cache policy' shows a candidate with a place for it.
    private static List<DebianPackage> Unknown(DebianPackage[] packages) =>
    [
        .. packages.Where(package => package.Use == PackageUse.Download
            && Command.Capture("apt-cache", ["show", "--no-all-versions", package.Name], Quiet).Output.Contains("\nFilename: ", StringComparison.Ordinal) is false),
    ];

    private static List<DebianPackage> Missing(DebianPackage[] packages)
    {
        var wanted = packages.Where(package => package.Use == PackageUse.Install).ToList();
        var installed = Command.Capture("dpkg-query", ["-W", "-f", "${binary:Package} ${db:Status-Status}\n", .. wanted.Select(package => package.Name)], Quiet)
            .Output.Split('\n').Select(line => line.Trim().Split(' ')).Where(words => words is [_, "installed"]).Select(words => words[0].Split(':')[0]).ToHashSet();
        return [.. wanted.Where(package => !installed.Contains(package.Name))];
    }

    // Archives drop a version when a newer one comes, so what lists of last month name is often gone.
    private static bool ListsAreOld() => Directory.GetLastWriteTimeUtc("/var/lib/apt/lists/partial") < DateTime.UtcNow.AddDays(-1);

    private static string? Install(List<DebianPackage> packages)
    {
        var names = packages.Select(package => package.Name).ToArray();
        Console.WriteLine($"Installing {string.Join(", ", names)}.");
        return AsRoot(["install", "-y", "-qq", "--no-install-recommends", .. names]);
    }

    /// <returns>What went wrong, or null.</returns>
    private static string? AsRoot(params string[] arguments)
    {
        string[] command = ["apt-get", "-o", "DPkg::Lock::Timeout=300", .. arguments];
        if (!Environment.IsPrivilegedProcess)
        {
            if (Command.Find("sudo") is null) return "neither root nor sudo";
            command = ["sudo", "-n", "DEBIAN_FRONTEND=noninteractive", .. command];
        }

        var (code, output) = Command.Capture(command[0], command[1..], Quiet);
        if (code == 0) return null;
        var errors = output.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("E: ", StringComparison.Ordinal)).ToList();
        return errors.Count > 0 ? string.Join(" ", errors) : output.Trim().Split('\n')[^1];
    }
}
