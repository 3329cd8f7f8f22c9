using System.Text;

namespace VirtEngine.Images;

/// <summary>Some modules and all that they use, in an order in which they can be loaded, with the tables that modprobe reads.</summary>
internal sealed class KernelModuleSet
{
    private const int MaximumDepth = 100;

    private readonly Dictionary<string, KernelModule> _available;
    private readonly List<KernelModule> _ordered = [];
    private readonly HashSet<string> _done = new(StringComparer.Ordinal);
    private readonly HashSet<string> _visiting = new(StringComparer.Ordinal);

    /// <param name="available">All modules of a kernel.</param>
    /// <param name="builtIn">Names of the modules that are part of the kernel itself.</param>
    /// <param name="wanted">Names of the modules to have.</param>
    /// <exception cref="ImageBuildException">A module is missing or there twice, or modules use each other in a circle or a chain too long.</exception>
    internal KernelModuleSet(IEnumerable<KernelModule> available, IReadOnlySet<string> builtIn, IEnumerable<string> wanted)
    {
        _available = new Dictionary<string, KernelModule>(StringComparer.Ordinal);
        foreach (var module in available)
            if (!_available.TryAdd(module.Name, module)) throw new ImageBuildException($"The kernel's package has the module '{module.Name}' twice.");
        foreach (string name in wanted.Order(StringComparer.Ordinal)) Visit(name, builtIn, "the guest");
    }

    /// <summary>The modules, each behind those that it uses.</summary>
    internal IReadOnlyList<KernelModule> Ordered => _ordered;

    /// <summary>modules.dep: each module with all that it needs, the last to be loaded first (depmod(8)).</summary>
    internal string DependencyTable()
    {
        var table = new StringBuilder();
        foreach (var module in _ordered)
        {
            var needed = Closure(module);
            table.Append(RelativePath(module)).Append(':');
            for (int i = _ordered.Count - 1; i >= 0; i--)
                if (needed.Contains(_ordered[i].Name)) table.Append(' ').Append(RelativePath(_ordered[i]));
            table.Append('\n');
        }
        return table.ToString();
    }

    /// <summary>modules.alias: which module drives a device.</summary>
    internal string AliasTable()
    {
        var table = new StringBuilder();
        foreach (var module in _ordered)
            foreach (string alias in module.Aliases)
                table.Append("alias ").Append(alias).Append(' ').Append(module.Name).Append('\n');
        return table.ToString();
    }

    /// <summary>A module's path below <c>lib/modules/RELEASE/</c>.</summary>
    internal static string RelativePath(KernelModule module)
    {
        string path = module.Path[module.Path.IndexOf("/kernel/", StringComparison.Ordinal)..][1..];
        return path[..(path.LastIndexOf(".ko", StringComparison.Ordinal) + 3)];
    }

    private void Visit(string name, IReadOnlySet<string> builtIn, string user)
    {
        if (builtIn.Contains(name) || _done.Contains(name)) return;
        if (!_visiting.Add(name)) throw new ImageBuildException($"The kernel's modules use each other in a circle through '{name}'.");
        if (_visiting.Count > MaximumDepth) throw new ImageBuildException($"More than {MaximumDepth} of the kernel's modules use each other in a row.");
        if (!_available.TryGetValue(name, out var module)) throw new ImageBuildException($"The kernel's package lacks the module '{name}', which {user} needs.");
        foreach (string dependency in module.Dependencies.Order(StringComparer.Ordinal)) Visit(dependency, builtIn, $"module '{name}'");
        _visiting.Remove(name);
        _done.Add(name);
        _ordered.Add(module);
    }

    private HashSet<string> Closure(KernelModule module)
    {
        var closure = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(module.Dependencies);
        while (open.TryPop(out string? name))
            if (_available.TryGetValue(name, out var next) && closure.Add(name))
                foreach (string dependency in next.Dependencies) open.Push(dependency);
        return closure;
    }
}
