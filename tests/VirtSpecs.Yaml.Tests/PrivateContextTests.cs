using System.Reflection;
using System.Runtime.Loader;

namespace VirtSpecs.Yaml.Tests;

/// <summary>The reader in a load context of its own, as the module loads it.</summary>
public class PrivateContextTests
{
    [Fact]
    public void Specs_come_out_of_a_private_context_as_everybodys_types()
    {
        var context = new PrivateContext();
        var assembly = context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "VirtSpecs.Yaml.dll"));
        var format = (ISpecFormat)Activator.CreateInstance(assembly.GetType("VirtSpecs.Yaml.SpecYaml", throwOnError: true)!)!;

        var specs = format.Parse("apiVersion: virttools/v1\nkind: Machine\nname: a\nboot: {image: a}\n");
        Assert.IsType<Machine>(Assert.Single(specs));
        Assert.Equal(specs, format.Parse(format.Write(specs)));
        Assert.Throws<SpecException>(() => format.Parse("["));
        Assert.NotSame(typeof(SpecYaml).Assembly, assembly);
        Assert.Contains(context.Assemblies, loaded => loaded.GetName().Name == "YamlDotNet");
    }

    [Fact]
    public void No_signature_shows_types_of_the_parser()
    {
        var shown = typeof(SpecYaml).Assembly.GetExportedTypes()
            .SelectMany(type => type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static))
            .OfType<MethodBase>()
            .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType)
                .Append((method as MethodInfo)?.ReturnType ?? typeof(void)));
        Assert.DoesNotContain(shown, type => type.Assembly.GetName().Name == "YamlDotNet");
        Assert.Equal([typeof(SpecYaml)], typeof(SpecYaml).Assembly.GetExportedTypes());
    }

    // The module's third-party assemblies stay in it; VirtSpecs is shared with everybody.
    private sealed class PrivateContext() : AssemblyLoadContext("specs")
    {
        protected override Assembly? Load(AssemblyName assemblyName) => assemblyName.Name == "YamlDotNet"
            ? LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "YamlDotNet.dll"))
            : null;
    }
}
