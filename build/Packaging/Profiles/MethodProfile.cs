using System.Runtime.InteropServices;

namespace VirtTools.Build.Packaging.Profiles;

/// <summary>
/// The instantiations of generic methods that a worker needs at its start and the ahead-of-time compiler does not find by itself: it follows calls,
/// not the virtual methods of what is made. <c>src/VirtWorker/precompiled.txt</c> lists them, a line each. A name that no longer fits costs the
/// time to compile it at a start, nothing else; <c>profile</c> records the list anew.
/// </summary>
internal static class MethodProfile
{
    // Compiled quickly and without profile: those that the compiler optimises at once are never compiled ahead.
    private const string Compiled = "JIT compiled ", Quickly = " [Tier0,";

    private static readonly string List = Repository.At("src", "VirtWorker", "precompiled.txt");

    /// <summary><c>profile</c>: makes the list of summaries of the just-in-time compiler.</summary>
    internal static int Record(string[] summaries)
    {
        if (summaries.Length == 0) throw new TaskFailedException("Name files that a worker wrote with DOTNET_JitStdOutFile and DOTNET_JitDisasmSummary=1.");
        var names = File.ReadLines(List).Concat(summaries.SelectMany(File.ReadLines).Where(line => line.Contains(Quickly, StringComparison.Ordinal))
                .Select(line => line[(line.IndexOf(Compiled, StringComparison.Ordinal) + Compiled.Length)..]))
            .Select(text => MethodName.TryParse(text)).OfType<MethodName>()
            // Helpers that the compiler puts into every assembly bear one name in all.
            .Where(name => !name.Type.Name.StartsWith('<')).Select(name => name.ToString()).Distinct().Order(StringComparer.Ordinal).ToList();
        File.WriteAllLines(List, names);
        Console.WriteLine($"{List} names {names.Count} methods.");
        return 0;
    }

    /// <summary>Writes the list as the ahead-of-time compiler reads it.</summary>
    /// <param name="program">The directory of the worker as it is built.</param>
    /// <param name="path">The file to write.</param>
    internal static void Write(string program, string path)
    {
        var framework = Directory.GetFiles(RuntimeEnvironment.GetRuntimeDirectory(), "System.*.dll").Select(Path.GetFileNameWithoutExtension).ToHashSet();
        var finder = new MethodFinder(
            Directory.GetFiles(program, "*.dll").Where(file => !framework.Contains(Path.GetFileNameWithoutExtension(file))), framework!);
        var writer = new ProfileWriter();
        var found = 0;
        var missing = new List<string>();
        foreach (var line in File.ReadLines(List))
        {
            var name = MethodName.TryParse(line) ?? throw new TaskFailedException($"'{line}' in {List} is no name of a method.");
            var isFound = false;
            foreach (var method in finder.Find(name)) isFound |= writer.TryAdd(method);
            if (isFound) found++;
            else missing.Add(line);
        }

        writer.Save(path);
        Console.WriteLine($"{found} methods are compiled ahead by name.");
        foreach (var line in missing) Console.WriteLine($"{Path.GetFileName(List)} names a method that is no longer there: {line}");
    }
}
