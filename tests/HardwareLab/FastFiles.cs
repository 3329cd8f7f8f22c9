using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace HardwareLab;

/// <summary>
/// The files of the host that every .NET program reads at its start. In the initial RAM file system they cost the lab half a second once;
/// over 9p each first start takes two seconds more.
/// </summary>
internal static class FastFiles
{
    private static readonly string[] Libraries =
    [
        "ld-linux-x86-64.so.2", "libc.so.6", "libdl.so.2", "libgcc_s.so.1", "libm.so.6", "libpthread.so.0", "librt.so.1", "libstdc++.so.6",
    ];

    /// <summary>The directory that holds <c>dotnet</c> and the runtime of this process.</summary>
    internal static string DotnetRoot { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>Their paths. None is a link, nor is a directory above one: they are put before the host's tree, where they would hide it.</summary>
    internal static IReadOnlyList<string> Find()
    {
        string runtime = RuntimeEnvironment.GetRuntimeDirectory();
        string[] candidates =
        [
            Path.Combine(DotnetRoot, "dotnet"),
            .. Directory.GetFiles(Path.Combine(DotnetRoot, "host"), "*", SearchOption.AllDirectories),
            .. Directory.GetFiles(runtime),
            .. Libraries.SelectMany(name => (string[])["/usr/lib/x86_64-linux-gnu/" + name, "/lib/x86_64-linux-gnu/" + name])
                .Where(File.Exists).Select(path => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path),
        ];
        return [.. candidates.Select(Path.GetFullPath).Where(path => !LeadsThroughLink(path)).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Tells these files from others, without reading them.</summary>
    internal static string Digest(IEnumerable<string> files)
    {
        var list = new StringBuilder();
        foreach (var file in files.Select(path => new FileInfo(path)))
            list.Append(CultureInfo.InvariantCulture, $"{file.FullName}\0{file.Length}\0{file.LastWriteTimeUtc.Ticks}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(list.ToString())))[..16];
    }

    private static bool LeadsThroughLink(string path)
    {
        if (new FileInfo(path).LinkTarget is not null) return true;
        for (var directory = Directory.GetParent(path); directory is not null; directory = directory.Parent)
            if (directory.LinkTarget is not null) return true;
        return false;
    }
}
