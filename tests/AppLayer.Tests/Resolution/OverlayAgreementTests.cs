using System.Globalization;
using System.Runtime.Versioning;
using AppLayer.Files;
using AppLayer.Mounting;
using AppLayer.Resolution;
using AppLayer.Tests.Mounting;
using VirtFoundation;
using VirtSpecs;

namespace AppLayer.Tests.Resolution;

/// <summary>
/// The resolver says what the kernel shows: layers are made by random changes through real overlays, scanned, and every path of the mounted
/// view is compared with the answer that was given before it was mounted.
/// </summary>
[SupportedOSPlatform("linux")]
public class OverlayAgreementTests
{
    private const int Stacks = 150;

    public static TheoryData<bool> Users => InNamespace.Users;

    [NamespaceTheory]
    [MemberData(nameof(Users))]
    public void The_resolver_and_the_kernel_agree_on_random_stacks(bool asRoot)
    {
        var first = int.TryParse(Environment.GetEnvironmentVariable("VIRTTOOLS_TEST_SEED"), CultureInfo.InvariantCulture, out var chosen)
            ? chosen : Random.Shared.Next();
        var count = chosen == 0 ? Stacks : 1;
        using var scratch = new Scratch();
        var words = InNamespace.Run(asRoot, scratch.Path, CompareStacks, [scratch.Path, $"{first}", $"{count}", asRoot ? "root" : "user"]);

        // A comparison of nothing with nothing proves nothing.
        Assert.InRange(int.Parse(words, CultureInfo.InvariantCulture), count, int.MaxValue);
    }

    private static void CompareStacks(string root, string first, string count, string who)
    {
        var seed = int.Parse(first, CultureInfo.InvariantCulture);
        var compared = 0;

        // In memory, an unmount waits for no disk.
        if (Environment.OSVersion.Version >= new Version(6, 6)) MountNamespace.MountTmpfs(root, (UnixFileMode)0b111_101_101);
        for (var i = 0; i < int.Parse(count, CultureInfo.InvariantCulture); i++, seed = unchecked(seed + 1))
        {
            var directory = Directory.CreateDirectory(Path.Combine(root, $"{i}")).FullName;
            try
            {
                compared += CompareStack(directory, new Random(seed), who);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed} (set VIRTTOOLS_TEST_SEED to repeat it).", e);
            }
        }

        Console.WriteLine(compared);
    }

    private static int CompareStack(string root, Random random, string who)
    {
        var layers = MakeStack(root, random);
        var rules = MakeRules(root, random);
        if (random.Next(2) == 0) ChangeInView(root, layers, rules, random, who);
        var plan = Plan(root, layers, rules, who);

        // Asked before it is mounted, from what was scanned.
        var resolver = new LayerResolver(plan);
        var answers = new Dictionary<string, (PathResolution Resolution, string? Content)>(StringComparer.Ordinal);
        Ask("");
        ViewMounts.Apply(plan);
        var view = new LiveFiles(plan.Root, LayerPlatform.Linux);
        Compare("");
        ViewMounts.Remove(plan);
        return answers.Count;

        void Ask(string place)
        {
            foreach (var name in resolver.Names(place))
            {
                var at = Place.Join(place, name);
                var answer = resolver.ResolvePlace(at, at, openLink: true);
                Assert.True(answer.Exists, $"'{at}' is listed and not there.");
                Assert.Equal(answer.Winner, answer.Parties.Where(party => party.Role == PartyRole.Gives).Select(party => party.Name).FirstOrDefault() ?? answer.Winner);
                Assert.InRange(answer.Parties.Count(party => party.Role == PartyRole.Gives), 0, 1);
                answers.Add(at, (answer, answer.Entry!.Kind == FileKind.File ? File.ReadAllText(answer.ReadPath!) : null));
                if (answer.Entry.Kind == FileKind.Directory) Ask(at);
            }
        }

        void Compare(string place)
        {
            var names = view.NamesIn(place).Order(StringComparer.Ordinal).ToList();
            Assert.Equal(names, resolver.Names(place).Order(StringComparer.Ordinal));
            foreach (var name in names)
            {
                var at = Place.Join(place, name);
                var seen = view.Find(place, name)!.Value.Entry;
                var (answer, content) = answers[at];
                var expected = answer.Entry!;
                Assert.Equal((at, seen.Kind, seen.Target), (at, expected.Kind, expected.Target));
                Assert.Equal((at, content), (at, seen.Kind == FileKind.File ? File.ReadAllText(Path.Combine(plan.Root, at)) : null));

                // A place to mount on that nobody had is new.
                if (expected.Modified.Ticks != 0)
                {
                    Assert.Equal((at, seen.Modified), (at, expected.Modified));
                    Assert.Equal((at, Convert.ToString(seen.Mode, 8)), (at, Convert.ToString(expected.Mode, 8)));
                }

                if (seen.Kind == FileKind.Directory) Compare(at);
            }
        }
    }

    /// <summary>A base and layers, each changed over what is below it, or over the base alone, as layers that were captured apart are.</summary>
    private static List<string> MakeStack(string root, Random random)
    {
        var foundation = Directory.CreateDirectory(Path.Combine(root, "base")).FullName;
        new RandomChanges(random, foundation).Make(random.Next(60));
        var layers = new List<string>();
        foreach (var name in (string[])["w/u", "w/k", "d/u", "d/k", "v", "m", "e", "x"]) Directory.CreateDirectory(Path.Combine(root, name));
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var layer = Directory.CreateDirectory(Path.Combine(root, "l", $"{i}")).FullName;
            ChangeThrough(root, random.Next(3) == 0 ? [foundation] : [.. layers, foundation], layer, $"l{i}", random, random.Next(50));
            layers.Insert(0, layer);
        }

        ChangeThrough(root, [.. layers, foundation], Path.Combine(root, "w/u"), "w", random, random.Next(30));
        return layers;
    }

    private static void ChangeThrough(string root, IReadOnlyList<string> lowers, string upper, string name, Random random, int count)
    {
        var target = Path.Combine(root, "m");
        new OverlayMount { Lowers = lowers, Upper = upper, Work = Directory.CreateDirectory(Path.Combine(root, "x", name)).FullName }.MountAt(target);
        new RandomChanges(random, target).Make(count);
        MountNamespace.Unmount(target);
    }

    private static List<IsolationRule> MakeRules(string root, Random random)
    {
        var places = Directory.GetDirectories(Path.Combine(root, "base"), "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path)[5..]).ToArray();
        var modes = Enum.GetValues<IsolationMode>();
        return [.. Enumerable.Range(0, places.Length == 0 ? 0 : random.Next(4)).Select(_ => new IsolationRule
        {
            Path = "{Root}/" + places[random.Next(places.Length)], Mode = modes[random.Next(modes.Length)],
        })];
    }

    /// <summary>The application runs in its view first, under the same rules.</summary>
    private static void ChangeInView(string root, List<string> layers, List<IsolationRule> rules, Random random, string who)
    {
        var plan = Plan(root, layers, rules, who);
        ViewMounts.Apply(plan);
        new RandomChanges(random, plan.Root).Make(random.Next(40));
        ViewMounts.Remove(plan);
    }

    private static ViewPlan Plan(string root, List<string> layers, List<IsolationRule> rules, string who)
    {
        var request = ViewTests.Request(root, LayerPlatform.Linux, Path.Combine(root, "base"), [], who) with
        {
            Layers = [.. layers.Select(layer => new ViewLayer(Path.GetFileName(layer), layer, new TreeFiles(FileScanner.Scan(layer, LayerPlatform.Linux).Files)))],
            Rules = rules,
        };
        while (true)
        {
            try
            {
                return ViewPlan.Create(request);
            }
            catch (VirtException e) when (e.Code == VirtErrorCode.SpecInvalid)
            {
                // A layer or the application has put a file where a rule is for a directory.
                Assert.Contains("is for a directory", e.Message, StringComparison.Ordinal);
                rules.RemoveAt(rules.Count - 1);
                request = request with { Rules = [.. rules] };
            }
        }
    }
}
