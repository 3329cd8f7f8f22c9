using System.Reflection;

namespace VirtCmdlets.Tests;

/// <summary>Where things are in the source tree.</summary>
internal static class Repository
{
    public static string Root => Path.GetFullPath(Metadata("RepositoryRoot"));

    /// <summary>Compares a file that is written from code; <c>VIRTTOOLS_UPDATE=1</c> writes it instead.</summary>
    public static void Check(string file, string expected)
    {
        var path = Path.Combine(Root, file);
        if (Environment.GetEnvironmentVariable("VIRTTOOLS_UPDATE") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.Equal(expected, File.Exists(path) ? File.ReadAllText(path) : "");
    }

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == key).Value!;
}
