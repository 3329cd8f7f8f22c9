using System.Reflection;
using System.Runtime.Loader;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>
/// The formats of specs. Their libraries live in a load context of their own (<c>private/</c> beside this assembly), so that another module's
/// YamlDotNet of another version does no harm; the records that they give out are everybody's.
/// </summary>
internal static class SpecFormats
{
    private static readonly Lazy<ISpecFormat> LazyYaml = new(LoadYaml);

    internal static ISpecFormat Yaml => LazyYaml.Value;

    private static ISpecFormat LoadYaml()
    {
        var home = Path.Combine(Path.GetDirectoryName(typeof(SpecFormats).Assembly.Location)!, "private");
        var context = new PrivateContext(home);
        var assembly = context.LoadFromAssemblyPath(Path.Combine(home, "VirtSpecs.Yaml.dll"));
        return (ISpecFormat)Activator.CreateInstance(assembly.GetType("VirtSpecs.Yaml.SpecYaml", throwOnError: true)!)!;
    }

    private sealed class PrivateContext(string home) : AssemblyLoadContext("VirtTools")
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            // What both sides speak of must be one type: it comes from where we come from.
            if (assemblyName.Name == typeof(ISpecFormat).Assembly.GetName().Name)
            {
                return typeof(ISpecFormat).Assembly;
            }

            var path = Path.Combine(home, assemblyName.Name + ".dll");
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }
    }
}
