using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace VirtFoundation.Packages;

/// <summary>
/// Packages for amd64 from the archives that this host's apt trusts. apt verifies the archives' signatures; nothing is installed and no
/// privilege is needed.
/// </summary>
/// <param name="scratch">A directory where apt keeps its parsed lists between calls: a user cannot write to the host's, and containers have none.</param>
internal sealed partial class AptPackageSource(string scratch) : IPackageSource
{
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789+-.");

    /// <inheritdoc/>
    public PackageInfo? Find(string name, CancellationToken cancellation)
    {
        CheckName(name);
        // Asked to show the version that it would take, apt-cache weighs all packages against each other, which takes ten times as long as both of these.
        var policy = CandidateLine().Match(Ask("policy"));
        if (!policy.Success) return null; // unknown, or a virtual package
        string version = policy.Groups[1].Value;
        foreach (var paragraph in ControlParagraph.ParseAll(Ask("show")))
        {
            if (paragraph["Package"] == name && paragraph["Version"] == version
                && long.TryParse(paragraph["Size"], NumberStyles.None, CultureInfo.InvariantCulture, out long size) && paragraph["SHA256"].Length == 64)
                return new PackageInfo(name, version, paragraph["SHA256"], size, paragraph.Dependencies());
        }
        throw new PackageSourceException($"apt knows Debian package '{name}' only as installed, not where to get it. Run 'apt-get update' with a Debian archive configured.");

        string Ask(string what)
        {
            var (exitCode, output, errors) = Run("apt-cache", [what, name + ":amd64"], null, cancellation);
            return exitCode == 0 ? output : throw Failed($"Debian package '{name}' cannot be looked up", errors);
        }
    }

    [GeneratedRegex(@"^ +Candidate: (?!\(none\))(\S+)$", RegexOptions.Multiline)]
    private static partial Regex CandidateLine();

    /// <inheritdoc/>
    public string Download(PackageInfo package, string directory, CancellationToken cancellation)
    {
        string target = Directory.CreateDirectory(Path.Combine(directory, package.Name)).FullName;
        // As root, apt would hand the download to its own user, who cannot write here, and warn.
        string[] arguments = ["-q", "-o", "APT::Sandbox::User=root", "download", $"{package.Name}:amd64={package.Version}"];
        var (exitCode, _, errors) = Run("apt-get", arguments, target, cancellation);
        if (exitCode != 0) throw Failed($"Debian package '{package.Name}' {package.Version} cannot be downloaded", errors);
        var files = Directory.GetFiles(target, "*.deb");
        if (files.Length != 1) throw new PackageSourceException($"apt-get left {files.Length} files for Debian package '{package.Name}' instead of one.");
        using var stream = File.OpenRead(files[0]);
        string digest = Convert.ToHexStringLower(SHA256.HashData(stream));
        if (digest != package.Sha256)
            throw new PackageSourceException($"Debian package '{package.Name}' has SHA-256 {digest}; the archive says {package.Sha256}.");
        return files[0];
    }

    // Names reach a command line: what Debian allows (policy, 5.6.1) cannot be an option.
    private static void CheckName(string name)
    {
        if (name.Length < 2 || !char.IsAsciiLetterOrDigit(name[0]) || name.AsSpan().ContainsAnyExcept(NameCharacters))
            throw new PackageSourceException($"'{name}' cannot be the name of a Debian package.");
    }

    private static PackageSourceException Failed(string what, string errors)
    {
        string advice =
            errors.Contains("Unable to locate package", StringComparison.Ordinal) || errors.Contains("was not found", StringComparison.Ordinal)
                || errors.Contains("404", StringComparison.Ordinal) ? "apt's lists may be missing or old: run 'apt-get update'."
            : errors.Contains("Temporary failure resolving", StringComparison.Ordinal) || errors.Contains("Could not connect", StringComparison.Ordinal)
                || errors.Contains("Could not resolve", StringComparison.Ordinal) ? "The archive cannot be reached: check the network."
            : errors.Contains("No space left", StringComparison.Ordinal) || errors.Contains("enough free space", StringComparison.Ordinal) ? "The disk is full."
            : "";
        return new PackageSourceException($"{what}. {advice} apt says: {errors.Trim()}");
    }

    private (int ExitCode, string Output, string Errors) Run(string program, string[] arguments, string? directory, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        string[] cache = ["-o", $"Dir::Cache::pkgcache={Path.Combine(scratch, "pkgcache.bin")}", "-o", $"Dir::Cache::srcpkgcache={Path.Combine(scratch, "srcpkgcache.bin")}"];
        var start = new ProcessStartInfo(program, [.. cache, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? Path.GetTempPath(),
        };
        start.Environment["LC_ALL"] = "C";
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new PackageSourceException($"'{program}' cannot be started: images are built from Debian packages only on Debian and its derivatives. Register kernel and initrd from files instead.", e);
        }
        using (process)
        using (cancellation.Register(() => Kill(process)))
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            process.WaitForExit();
            Task.WaitAll([output, errors], CancellationToken.None);
            cancellation.ThrowIfCancellationRequested();
            return (process.ExitCode, output.Result, errors.Result);
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself meanwhile.
        }
    }
}
