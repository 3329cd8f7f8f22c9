using System.Diagnostics;
using System.Runtime.Loader;

namespace VirtBenchmarks.Figures.Import;

/// <summary>An import, done once in this process: a context of its own loads the module's assemblies, not those beside this program.</summary>
internal static class ModuleImport
{
    /// <summary>The command line's first word that asks for it; the assembly and the one of PowerShell's engine follow.</summary>
    internal const string Verb = "--import";

    /// <returns>Milliseconds.</returns>
    internal static double Run(string path, string engine)
    {
        var context = new AssemblyLoadContext("module");
        context.LoadFromAssemblyPath(engine);
        context.Resolving += (_, name) =>
            Path.Combine(Path.GetDirectoryName(path)!, name.Name + ".dll") is var beside && File.Exists(beside) ? context.LoadFromAssemblyPath(beside) : null;
        var start = Stopwatch.GetTimestamp();
        var cmdlets = 0;
        foreach (var type in context.LoadFromAssemblyPath(path).GetExportedTypes().Where(type => !type.IsAbstract))
        {
            // The attributes of a cmdlet are made; those of its parameters wait until it is used.
            if (type.GetCustomAttributes(inherit: false).Any(attribute => attribute.GetType().Name == "CmdletAttribute")) cmdlets++;
            if (type.GetInterface("System.Management.Automation.IModuleAssemblyInitializer") is { } initializer)
            {
                initializer.GetMethod("OnImport")!.Invoke(Activator.CreateInstance(type), null);
            }
        }

        var milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return cmdlets > 0 ? milliseconds : throw new InvalidOperationException($"'{path}' has no cmdlets.");
    }
}
