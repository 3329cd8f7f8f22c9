using System.Text;
using AppLayer.Activation;
using AppLayer.Applications;
using AppLayer.Registry;
using AppLayer.Registry.Text;
using AppLayer.Registry.Views;
using AppLayer.Store;
using AppLayer.Tests.Wine;
using VirtFoundation.Store;
using VirtSpecs;
using VirtTools.Tests;

namespace AppLayer.Tests.Activation;

/// <summary>
/// An application for Windows without Wine: a base prefix and a layer that have registries, and runs whose wineserver is this. Its view is the
/// writable layer's directory, where an overlay puts what is written.
/// </summary>
internal sealed class WineLeavingsFixture : IDisposable
{
    internal const string Kept = @"HKCU\Software\Kept";

    private static readonly IsolationRule[] DataRule = [new() { Path = Kept, Mode = IsolationMode.Data }];

    private readonly TemporaryDirectory? _made;
    private readonly Guid _layer;

    internal WineLeavingsFixture(int keys = 20)
    {
        _made = new();
        Home = _made.Path;
        Root = VirtRoot.At(Path.Combine(Home, "root"));
        Layers = new(Root);
        var foundation = new RegistryKey("");
        foreach (var root in RegistryRoots.All)
        {
            for (var i = 0; i < keys; i++) Set(foundation, $@"{root.Root}\Software\Base\Key{i:d6}", "Text", $"base {i}");
        }

        WineRegistries.Write(foundation, Directory.CreateDirectory(Base).FullName);
        var layer = new RegistryKey("");
        for (var i = 0; i < keys; i++) Set(layer, $@"Machine\Software\Demo\Key{i:d6}", "Text", $"layer {i}");
        Set(layer, @"CurrentUser\Software\Demo", "Color", "red");
        _layer = Layers.Commit(
            new(Directory.CreateDirectory(Path.Combine(Home, "tree")).FullName) { Registry = layer }, new("demo", "1", LayerPlatform.Windows)).Id;
        RestrictedFiles.CreateDirectory(Application().Path);
    }

    /// <summary>One that another process has made.</summary>
    internal WineLeavingsFixture(string home)
    {
        Home = home;
        Root = VirtRoot.At(Path.Combine(Home, "root"));
        Layers = new(Root);
        _layer = Layers.Find("demo").Id;
    }

    internal string Home { get; }

    internal VirtRoot Root { get; }

    internal LayerStore Layers { get; }

    internal WritablePolicy Policy { get; init; } = WritablePolicy.Keep;

    internal bool HasLayer { get; init; } = true;

    internal string Base => Path.Combine(Home, "base");

    private string Tree => Application().Writable.Tree;

    internal ApplicationDirectory Application(IFileOperations? operations = null) => new(Path.Combine(Root.ApplicationsDirectory, $"{Guid.Empty:N}"), operations);

    /// <summary>What a worker does before the first program.</summary>
    internal void Begin(IFileOperations? operations = null)
    {
        ApplicationRecovery.Recover(Application(), Layers);
        Application().WriteRun(NewRun());
        Application().Writable.Create();
        Application().Data.Create();
        Directory.CreateDirectory(Path.Combine(Tree, "drive_c"));
        var leavings = Leavings(operations);
        leavings.Save(leavings.Compose(Policy), Tree, Policy);
    }

    /// <summary>What a worker does after the last one.</summary>
    internal void End(IFileOperations? operations = null)
    {
        ApplicationRecovery.Finish(Application(operations), Application().TryReadRun()!, Layers);
        RecordEnd();
    }

    /// <summary>What a worker does in any case, unless it was killed.</summary>
    internal void RecordEnd() => Application().WriteRun(NewRun() with { Ended = DateTime.UtcNow, Outcome = ApplicationState.Stopped });

    /// <summary>What the next command does.</summary>
    internal void Recover() => ApplicationRecovery.Recover(Application(), Layers);

    /// <summary>What wineserver makes of programs' changes: files whose registry has changed are written anew.</summary>
    internal void Change(RegistryRoot root, Action<RegistryKey> change)
    {
        var names = RegistryRoots.Of(root);
        var path = Path.Combine(Tree, names.WineFile);
        var tree = WineRegistryFile.Parse(File.ReadAllBytes(File.Exists(path) ? path : Path.Combine(Base, names.WineFile))).ToTree();
        change(tree);
        File.WriteAllBytes(path + ".tmp", WineRegistryFile.FromTree(tree, names.KernelPath, WineArchitecture.Win64).ToBytes());
        File.Move(path + ".tmp", path, overwrite: true);
        File.WriteAllText(Path.Combine(Tree, "wineserver"), "/tmp/x"); // As Debian's does.
        Directory.CreateDirectory(Path.Combine(Tree, "dosdevices"));
    }

    /// <summary>Runs to the end.</summary>
    internal void Run(string color, string kept)
    {
        Begin();
        Change(color, kept);
        End();
    }

    internal void Change(string color, string kept) => Change(RegistryRoot.CurrentUser, tree =>
    {
        Set(tree, @"Software\Demo", "Color", color);
        Set(tree, @"Software\Kept", "Count", kept);
    });

    /// <summary>The hives of the writable and the data layer; empty where there is none.</summary>
    internal (string Writable, string Data) Hives() => (Hive(Application().Writable), Hive(Application().Data));

    /// <summary>What the next run sees of a value.</summary>
    internal string? Seen(string path, string name)
    {
        Begin();
        var file = Path.Combine(Tree, "user.reg");
        var tree = WineRegistryFile.Parse(File.ReadAllBytes(File.Exists(file) ? file : Path.Combine(Base, "user.reg"))).ToTree();
        var seen = tree.Find(path) is { } key && key.TryGetValue(name, out var value) ? Encoding.Unicode.GetString(value.Data.Span).TrimEnd('\0') : null;
        End();
        return seen;
    }

    /// <summary>Asserts that nothing of a run is left in the writable layer but content.</summary>
    internal void AssertClean()
    {
        if (Directory.Exists(Tree)) Assert.Equal(["drive_c"], Directory.GetFileSystemEntries(Tree).Select(Path.GetFileName));
        Assert.False(File.Exists(Application().Writable.RegistryPath + ".pending"));
    }

    internal string PathOf(RegistryRoot root) => Path.Combine(Tree, RegistryRoots.Of(root).WineFile);

    internal static void Set(RegistryKey tree, string path, string name, string text) =>
        tree.Create(path).Set(new(name, RegistryValueType.String, Encoding.Unicode.GetBytes(text + "\0")));

    public void Dispose() => _made?.Dispose();

    private static string Hive(WritableLayer layer) => File.Exists(layer.RegistryPath) ? Convert.ToBase64String(File.ReadAllBytes(layer.RegistryPath)) : "";

    private WineLeavings Leavings(IFileOperations? operations) => new(Application(operations), new(Layers, Base), NewRun().Layers, DataRule);

    private ApplicationRunRecord NewRun() => new()
    {
        Process = new(0, "gone"), Started = DateTime.UtcNow, Socket = "none", Layers = HasLayer ? [_layer] : [], Base = Base, Rules = DataRule, Writable = Policy,
    };
}
