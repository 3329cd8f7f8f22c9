namespace VirtSpecs.Tests;

/// <summary>Files in the repository that follow from the code.</summary>
internal static class GeneratedFile
{
    /// <summary>Set to 1, the tests write the files instead of comparing them.</summary>
    public const string UpdateVariable = "VIRTTOOLS_UPDATE_GENERATED";

    /// <summary>Compares a file with what it should be, or writes it.</summary>
    public static void Check(string path, string expected)
    {
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, expected);
        }

        var actual = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        Assert.True(expected == actual,
            $"{path} doesn't follow the code any more. Write it anew: {UpdateVariable}=1 dotnet test tests/VirtSpecs.Tests");
    }
}
