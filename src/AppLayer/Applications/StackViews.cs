using AppLayer.Activation;
using AppLayer.Files;
using AppLayer.Mounting;
using AppLayer.Paths;
using AppLayer.Registry;
using AppLayer.Registry.Stacking;
using AppLayer.Registry.Tokens;
using AppLayer.Resolution;
using AppLayer.Store;
using VirtFoundation.Interop;
using VirtSpecs;

namespace AppLayer.Applications;

/// <summary>Makes views to be asked, of the parts that activation mounts.</summary>
internal sealed class StackViews(ApplicationStore applications, LayerStore layers)
{
    /// <summary>What an application's programs see: now if it runs, else at its next start.</summary>
    /// <exception cref="VirtFoundation.VirtException">There is no such application, or a layer or rule of it is wrong.</exception>
    internal StackView OfApplication(Guid id)
    {
        var spec = applications.Get(id).Spec;
        var directory = applications.DirectoryOf(id);
        var run = directory.TryReadRun(out _) is { Ended: null, Process.IsAlive: true } now ? now : null;
        var stack = run is null
            ? LayerStack.Resolve(layers, spec.Name, spec.Layers)
            : new(layers.Get(run.Layers[0]).Platform, [.. run.Layers.Select(layers.Get)]);
        var folders = stack.Platform == LayerPlatform.Windows ? Activation.UserFolders.Find() : [];
        return Make(stack, run?.Base, directory, run?.Writable ?? spec.Writable, folders,
            stack.Platform == LayerPlatform.Windows ? DefaultRules.ForWindows(folders) : DefaultRules.ForLinux(), run?.Rules ?? spec.Rules);
    }

    /// <summary>What layers over the base show, without an application, its rules and what it writes.</summary>
    /// <exception cref="VirtFoundation.VirtException">A layer is not there or damaged, or they are of different platforms.</exception>
    internal StackView OfLayers(IEnumerable<LayerReference> references)
    {
        var stack = LayerStack.Resolve(layers, "The stack", references);
        return Make(stack with { Layers = [.. stack.Layers.DistinctBy(layer => layer.Id)] }, null, null, WritablePolicy.Memory, [], [], []);
    }

    private StackView Make(
        LayerStack stack, string? basePath, ApplicationDirectory? application, WritablePolicy policy, Dictionary<string, string> folders,
        IReadOnlyList<IsolationRule> defaults, IReadOnlyList<IsolationRule> rules)
    {
        var isWindows = stack.Platform == LayerPlatform.Windows;
        var directory = basePath ?? BaseOf(stack.Platform);
        var sources = new ViewSources(layers, directory);
        var baseFiles = new RememberedFiles(new LiveFiles(directory, stack.Platform));
        var writable = policy == WritablePolicy.Memory ? null : application?.Writable;
        var request = new ViewRequest
        {
            Platform = stack.Platform,
            Base = directory,
            BaseFiles = baseFiles,
            Layers = StackLayout.Compose(
                stack.Platform, [.. stack.Layers.Select(layer => sources.Find(layer.Id))], baseFiles, null, StoreOperations.Instance),
            Writable = writable is null ? null : new(writable.Tree, writable.Work),
            Data = application is null ? null : new(application.Data.Tree, application.Data.Work),
            Defaults = defaults,
            Rules = rules,
            HostFolders = folders,
            BaseMounts = !isWindows && OperatingSystem.IsLinux() ? MountInfo.Points() : [],
            IsUserNamespace = OperatingSystem.IsLinux() && Libc.Geteuid() != 0,
            Target = application?.ViewPath ?? Path.Combine(applications.Root.Directory, "v"),
        };
        return new(request, isWindows ? Registry : null, application is not null);

        RegistryPlan Registry()
        {
            RegistryPlan? plan = null;
            WineLeavings.Try("read", () =>
            {
                var tokens = new RegistryTokens(new PathTokens(LayerLayout.WineRoots));
                var trees = stack.Layers.Select(layer => (Name: $"{layer}", Tree: sources.RegistryOf(layer.Id))).Where(layer => layer.Tree is not null);
                var foundation = Directory.Exists(directory) ? WineLeavings.ReadBase(directory) : new RegistryKey("");
                plan = new(
                    rules, Detokenise(writable), Detokenise(application?.Data), [.. trees.Select(layer => new RegistryLayer(layer.Name, tokens.Detokenise(layer.Tree!)))],
                    foundation, LayerLayout.WineUserSid);

                RegistryKey? Detokenise(WritableLayer? layer) =>
                    layer is not null && WineLeavings.Read(layer) is { } tree ? tokens.Detokenise(tree) : null;
            });
            return plan!;
        }
    }

    // The prefix below Windows programs is made at the first start: until then, and where there is no Wine, there is nothing below the layers.
    private string BaseOf(LayerPlatform platform) => platform == LayerPlatform.Linux && OperatingSystem.IsLinux() ? "/"
        : platform == LayerPlatform.Windows && OperatingSystem.IsLinux() && WineInstallation.TryFind() is { } wine
            ? BasePrefix.PathOf(applications.Root, wine)
            : Path.Combine(applications.Root.Directory, "prefixes", "none");
}
