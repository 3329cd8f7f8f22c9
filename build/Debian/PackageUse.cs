namespace VirtTools.Build.Debian;

internal enum PackageUse
{
    Install,
    Download,
}
