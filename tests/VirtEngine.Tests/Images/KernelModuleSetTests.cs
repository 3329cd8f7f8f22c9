using VirtEngine.Images;

namespace VirtEngine.Tests.Images;

/// <summary>Modules that a package should not have.</summary>
public sealed class KernelModuleSetTests
{
    [Fact]
    public void A_module_that_is_there_twice_is_named()
    {
        KernelModule[] modules = [Module("a"), Module("a")];
        var error = Assert.Throws<ImageBuildException>(() => new KernelModuleSet(modules, new HashSet<string>(), ["a"]));
        Assert.Contains("'a' twice", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_that_is_too_long_is_refused_before_the_stack_ends()
    {
        var modules = Enumerable.Range(0, 200_000).Select(i => Module($"m{i}", $"m{i + 1}"));
        var error = Assert.Throws<ImageBuildException>(() => new KernelModuleSet(modules, new HashSet<string>(), ["m0"]));
        Assert.Contains("in a row", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_circle_is_named_and_a_missing_module_with_who_needs_it()
    {
        Assert.Contains("circle", Assert.Throws<ImageBuildException>(
            () => new KernelModuleSet([Module("a", "b"), Module("b", "a")], new HashSet<string>(), ["a"])).Message, StringComparison.Ordinal);
        Assert.Contains("module 'a' needs", Assert.Throws<ImageBuildException>(
            () => new KernelModuleSet([Module("a", "b")], new HashSet<string>(), ["a"])).Message, StringComparison.Ordinal);
    }

    private static KernelModule Module(string name, params string[] uses) => new(name, $"lib/modules/1/kernel/{name}.ko", [], uses, []);
}
