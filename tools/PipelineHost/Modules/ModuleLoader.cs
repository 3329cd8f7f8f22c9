using System.Collections.Concurrent;
using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;
using PipelineHost.Binding;
using PipelineHost.Commands;
using PipelineHost.Execution;
using PipelineHost.Formatting;

namespace PipelineHost.Modules;

/// <summary>
/// Imports binary modules. An assembly is loaded only when the stand-in for PowerShell's engine assembly has all that it uses of it.
/// </summary>
internal static class ModuleLoader
{
    private const string Engine = "System.Management.Automation";

    private static readonly Lazy<AssemblySurface> Provided = new(() => AssemblySurface.Read(typeof(Cmdlet).Assembly.Location));
    private static readonly ConcurrentDictionary<string, bool> Folders = new();
    private static readonly ConcurrentDictionary<string, bool> Loaded = new();
    private static readonly Lock Gate = new();

    static ModuleLoader() => AssemblyLoadContext.Default.Resolving += (context, name) => Folders.Keys
        .Select(f => Path.Combine(f, name.Name + ".dll")).Where(File.Exists).Select(context.LoadFromAssemblyPath).FirstOrDefault();

    /// <summary>What an assembly uses of PowerShell's API and this host lacks.</summary>
    public static IReadOnlyList<string> Missing(string path) => AssemblySurface.Missing(path, Engine, Provided.Value);

    /// <param name="path">A manifest, an assembly, or a folder that holds a manifest of its own name.</param>
    /// <param name="name">The module as its user named it.</param>
    public static void Import(Session session, string path, string name)
    {
        if (Directory.Exists(path)) path = Path.Combine(path, Path.GetFileName(path.TrimEnd(Path.DirectorySeparatorChar)) + ".psd1");
        if (!File.Exists(path))
            throw new ModuleException("Modules_ModuleNotFound",
                $"The specified module '{name}' was not loaded because no valid module file was found at {path}.", path);
        string module = Path.GetFileNameWithoutExtension(path);
        switch (Path.GetExtension(path).ToUpperInvariant())
        {
            case ".PSD1":
                ImportManifest(session, path, module);
                break;
            case ".DLL":
                ImportAssembly(session, path, module, null);
                break;
            default: throw new NotSupportedByHostException($"the module file {Path.GetFileName(path)}: only .psd1 and .dll");
        }
    }

    private static void ImportManifest(Session session, string path, string module)
    {
        Manifest manifest = Manifest.Read(path);
        string folder = Path.GetDirectoryName(path)!;
        string[] assemblies = [.. manifest.Strings("RequiredAssemblies").Select(Inside)];
        string[] binaries = [.. manifest.Strings("NestedModules").Append(manifest.RootModule).OfType<string>().Select(Inside)];
        if (Array.Find(binaries, b => !b.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)) is { } script)
            throw new NotSupportedByHostException($"the module file {Path.GetFileName(script)}: only .dll");
        Folders[folder] = true;
        foreach (string assembly in assemblies) AssemblyLoadContext.Default.LoadFromAssemblyPath(assembly);
        bool first = Loaded.TryAdd(path, true);
        foreach (string types in manifest.Strings("TypesToProcess").Select(Inside)) if (first) TypeFile.Load(types);
        foreach (string formats in manifest.Strings("FormatsToProcess").Select(Inside)) if (first) ViewTable.Load(formats);
        foreach (string binary in binaries) ImportAssembly(session, binary, module, manifest);

        string Inside(string relative)
        {
            string full = Path.GetFullPath(Path.Combine(folder, relative.Replace('\\', Path.DirectorySeparatorChar)));
            return File.Exists(full) ? full :
                throw new ModuleException("Modules_ModuleFileNotFound", $"{relative}, named in {path}, is not at {full}.", full);
        }
    }

    private static void ImportAssembly(Session session, string path, string module, Manifest? manifest)
    {
        if (!Loaded.ContainsKey(path) && Missing(path) is { Count: > 0 } missing)
            throw new NotSupportedByHostException($"what {Path.GetFileName(path)} uses of PowerShell's API:{Environment.NewLine}  "
                + $"{string.Join(Environment.NewLine + "  ", missing)}");
        Folders[Path.GetDirectoryName(path)!] = true;
        Assembly assembly = AssemblyLoadContext.Default.LoadFromAssemblyPath(path);
        Type[] types = [.. assembly.GetExportedTypes().Where(t => !t.IsAbstract)];
        lock (Gate)
        {
            if (Loaded.TryAdd(path, true))
                foreach (Type type in types.Where(typeof(IModuleAssemblyInitializer).IsAssignableFrom))
                    ((IModuleAssemblyInitializer)Activator.CreateInstance(type)!).OnImport();
        }
        foreach (Type type in types.Where(t => typeof(Cmdlet).IsAssignableFrom(t) && t.IsDefined(typeof(CmdletAttribute), false)))
        {
            // Reading the declarations now makes an attribute that the stand-in lacks a fault of the import.
            _ = ParameterDeclaration.Of(type);
            if (manifest?.Exports("CmdletsToExport", CommandTable.NameOf(type)) ?? true)
                session.Commands.Add(type, module, a => manifest?.Exports("AliasesToExport", a) ?? true);
        }
    }
}
