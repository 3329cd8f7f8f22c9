namespace VirtTools.Build;

/// <summary><c>build</c>: the whole solution, as it ships.</summary>
internal static class SolutionTask
{
    internal static int Run(string[] arguments)
    {
        Console.WriteLine("Building VirtTools.sln.");
        try
        {
            // With a compiler of its own for each project a build takes half as long again.
            Command.Check(
                "dotnet", ["build", Repository.Solution, "-c", Repository.Configuration, "--nologo", "-v", "quiet", "-tl:off", "-p:UseSharedCompilation=true"], Command.ShortLived);
        }
        finally
        {
            // Nobody builds again there, and tests want the memory.
            if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 }) Command.CheckQuietly("dotnet", ["build-server", "shutdown", "--vbcscompiler"]);
        }

        return 0;
    }
}
