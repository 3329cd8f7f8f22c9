namespace VirtTools.Build;

/// <summary><c>build</c>: the whole solution, as it ships.</summary>
internal static class SolutionTask
{
    internal static int Run(string[] arguments)
    {
        Console.WriteLine("Building VirtTools.sln.");
        Command.Check("dotnet", "build", Repository.Solution, "-c", Repository.Configuration, "--nologo", "-v", "quiet", "-tl:off");
        return 0;
    }
}
