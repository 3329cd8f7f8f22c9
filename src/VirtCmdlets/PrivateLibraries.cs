using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>
/// The libraries of others, in a load context of their own (<c>private/</c> beside this assembly), so that another module's YamlDotNet of
/// another version does no harm. What the module's own assemblies use of them is found here while the module is imported.
/// </summary>
public sealed class PrivateLibraries : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private static readonly string Home = Path.Combine(Path.GetDirectoryName(typeof(PrivateLibraries).Assembly.Location)!, "private");
    private static readonly Context Libraries = new();

    /// <summary>PowerShell imports the module.</summary>
    public void OnImport() => AssemblyLoadContext.Default.Resolving += Resolve;

    /// <summary>PowerShell removes the module.</summary>
    public void OnRemove(PSModuleInfo psModuleInfo) => AssemblyLoadContext.Default.Resolving -= Resolve;

    internal static Assembly Load(string name) => Libraries.LoadFromAssemblyName(new(name));

    // Whoever asks for another build than ours, asks not for ours.
    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) =>
        Find(name) is { } path && AssemblyName.GetAssemblyName(path).FullName == name.FullName ? Libraries.LoadFromAssemblyName(name) : null;

    private static string? Find(AssemblyName name) => Path.Combine(Home, name.Name + ".dll") is var path && File.Exists(path) ? path : null;

    private sealed class Context() : AssemblyLoadContext("VirtTools")
    {
        // What both sides speak of must be one type: it comes from where we come from.
        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblyName.Name == typeof(ISpecFormat).Assembly.GetName().Name ? typeof(ISpecFormat).Assembly
            : Find(assemblyName) is { } path ? LoadFromAssemblyPath(path)
            : null;
    }
}
