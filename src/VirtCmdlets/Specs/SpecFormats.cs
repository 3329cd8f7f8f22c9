using VirtSpecs;

namespace VirtCmdlets;

/// <summary>The formats of specs. Their libraries are <see cref="PrivateLibraries"/>; the records that they give out are everybody's.</summary>
internal static class SpecFormats
{
    private static readonly Lazy<ISpecFormat> LazyYaml = new(() =>
        (ISpecFormat)Activator.CreateInstance(PrivateLibraries.Load("VirtSpecs.Yaml").GetType("VirtSpecs.Yaml.SpecYaml", throwOnError: true)!)!);

    internal static ISpecFormat Yaml => LazyYaml.Value;
}
