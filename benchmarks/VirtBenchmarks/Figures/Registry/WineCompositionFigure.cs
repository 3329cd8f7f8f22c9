using AppLayer.Paths;
using AppLayer.Registry;
using AppLayer.Registry.Hive;
using AppLayer.Registry.Stacking;
using AppLayer.Registry.Text;
using AppLayer.Registry.Views;
using AppLayer.Wine;

namespace VirtBenchmarks.Figures.Registry;

/// <summary>
/// Ten layers with 100,000 values together, over a base like a fresh prefix of Wine (about 8,800 keys in 1.7 MB), composed into the text of the
/// prefix's files. The peer is the plain way: trees of all, one composed tree, and its text.
/// </summary>
internal class WineCompositionFigure : Figure
{
    private const int Layers = 10, Values = 100_000, KeysOfBase = 8_800, WarmUp = 30;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("virttools-bench");
    private readonly PathTokens _tokens = new(KnownRoots.ForWindows("C:", "root", "S-1-5-21-0-0-0-1000"));
    private RegistryLayer[] _layers = [];

    internal override string Name => "Wine registry of 100,000 values, composing";

    internal override string Unit => "ms";

    internal override bool LargerIsBetter => false;

    internal override double? Goal => 50;

    internal override string? Peer => "by whole trees";

    internal override void Prepare()
    {
        var machine = new RegistryKey("");
        for (var i = 0; i < KeysOfBase; i++)
        {
            var key = machine.Create($@"Software\Classes\Interface\{{{i * 7919:X8}-0000-0000-C000-000000000046}}\ProxyStubClsid32");
            key.Set(ComponentRegistry.Text("", $"{{{i:X8}-A1B2-4C3D-8E4F-A5B6C7D8E9F0}}"));
            key.LastWrite = new(133_000_000_000_000_000);
        }

        foreach (var root in RegistryRoots.All)
        {
            var tree = root.Root == RegistryRoot.Machine ? machine : new("");
            File.WriteAllBytes(Path.Combine(_directory.FullName, root.WineFile), WineRegistryFile.FromTree(tree, root.KernelPath, WineArchitecture.Win64).ToBytes());
        }

        _layers = [.. Enumerable.Range(0, Layers).Select(Layer)];

        // The packaged worker's code is compiled ahead; here the compiler needs some calls and a moment until it is done.
        for (var i = 0; i < WarmUp; i++)
        {
            MeasureOurs();
        }
    }

    internal override double MeasureOurs()
    {
        WinePrefixRegistry? composed = null;
        var seconds = Work.Seconds(() => Finish(composed = WinePrefixRegistry.Load(_directory.FullName).Compose(_layers, _tokens), _directory));
        return composed!.Bytes(RegistryRoot.Machine).Length > KeysOfBase ? seconds * 1000 : throw new InvalidOperationException("Nothing was composed.");
    }

    internal override double MeasurePeer() => 1000 * Work.Seconds(() =>
    {
        var tokens = new AppLayer.Registry.Tokens.RegistryTokens(_tokens);
        var foundation = new RegistryKey("");
        var machine = foundation.Create(RegistryRoot.Machine.ToString());
        foreach (var key in WineRegistryFile.Load(Path.Combine(_directory.FullName, "system.reg")).ToTree().Subkeys) machine.Add(key);
        var stack = new RegistryStack(_layers.Select(layer => layer with { Tree = tokens.Detokenise(layer.Tree) }), new("base", foundation));
        var composed = stack.Compose().Find(RegistryRoot.Machine.ToString())!;
        WineRegistryFile.FromTree(composed, RegistryRoots.Of(RegistryRoot.Machine).KernelPath, WineArchitecture.Win64).ToBytes();
    });

    public override void Dispose()
    {
        _directory.Delete(recursive: true);
        base.Dispose();
    }

    private protected virtual void Finish(WinePrefixRegistry composed, DirectoryInfo directory)
    {
    }

    private static RegistryLayer Layer(int number)
    {
        var tree = new RegistryKey("");
        ComponentRegistry.Add(tree.Create($@"Machine\Software\Classes\Vendor {number}"), Values / Layers / ComponentRegistry.ValuesOfComponent, number);

        // As they come from a store.
        return new($"layer {number}", HiveFile.Read(HiveFile.ToBytes(tree)));
    }
}
