using System.Reflection;
using VirtFoundation;
using VirtFoundation.Store;
using VirtSpecs;

namespace AppLayer.Capture.Noise;

/// <summary>
/// What captures leave out. The spec's included places are kept whatever the rest says, its excluded ones are left out; then come the rules of
/// a file, where what is kept (<c>!</c>) is kept too.
/// </summary>
internal sealed class NoiseRules
{
    private const int LargestFile = 1 << 20;

    private readonly NoiseRule[] _included;
    private readonly NoiseRule[] _excluded;
    private readonly NoiseRule[] _kept;
    private readonly NoiseRule[] _noise;

    private NoiseRules(LayerPlatform platform, IEnumerable<NoiseRule> included, IEnumerable<NoiseRule> excluded, IEnumerable<NoiseRule> kept, IEnumerable<NoiseRule> noise)
    {
        Platform = platform;
        (_included, _excluded, _kept, _noise) = ([.. included], [.. excluded], [.. kept], [.. noise]);
    }

    internal LayerPlatform Platform { get; }

    /// <summary>What the spec itself says, without the rules of a file.</summary>
    internal NoiseRules OfSpecAlone => new(Platform, _included, _excluded, [], []);

    /// <summary>The rules for a layer.</summary>
    /// <param name="platform">The layer's platform.</param>
    /// <param name="rules">The spec's.</param>
    /// <param name="root">Where a file <c>noise-windows.txt</c> or <c>noise-linux.txt</c> takes the place of the built-in rules.</param>
    /// <exception cref="VirtException">A pattern is none, or the file cannot be read.</exception>
    internal static NoiseRules For(LayerPlatform platform, LayerRules rules, VirtRoot? root = null)
    {
        var name = FileName(platform);
        var file = root is null ? null : Path.Combine(root.Directory, name);
        var isOwn = file is not null && File.Exists(file);
        return Parse(isOwn ? ReadOwn(file!) : BuiltIn(platform), isOwn ? file! : name, platform, rules);
    }

    /// <summary>The rules that VirtTools brings, as text: something to begin with for rules of one's own.</summary>
    internal static string BuiltIn(LayerPlatform platform)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(FileName(platform))!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Reads rules: a pattern per line, with <c>!</c> before those that are kept; a line with <c>#</c> says why for those after it.</summary>
    /// <exception cref="VirtException">A pattern is none.</exception>
    internal static NoiseRules Parse(string text, string file, LayerPlatform platform, LayerRules rules)
    {
        var (kept, noise) = (new List<NoiseRule>(), new List<NoiseRule>());
        var reason = "";
        var isComment = false;
        var number = 0;
        foreach (var raw in text.EnumerateLines())
        {
            number++;
            var line = raw.Trim();
            if (line.StartsWith('#'))
            {
                reason = isComment ? $"{reason} {line[1..].Trim()}" : line[1..].Trim().ToString();
                isComment = true;
                continue;
            }

            isComment = false;
            if (!line.IsEmpty)
            {
                var isKept = line[0] == '!';
                var pattern = Pattern(line[(isKept ? 1 : 0)..].Trim().ToString(), platform, VirtErrorCode.ParameterInvalid, $"'{file}', line {number}");
                (isKept ? kept : noise).Add(new(pattern, reason, NoiseSource.Rules));
            }
        }

        return new(platform, Of(rules.Include, "rules.include"), Of(rules.Exclude, "rules.exclude"), kept, noise);

        IEnumerable<NoiseRule> Of(IEnumerable<string> patterns, string where) =>
            patterns.Select(pattern => new NoiseRule(Pattern(pattern, platform, VirtErrorCode.SpecInvalid, where), $"the spec's {where}", NoiseSource.Spec));
    }

    /// <summary>The rule that leaves a place out.</summary>
    /// <param name="path">The place, in segments.</param>
    /// <param name="isRegistry">Whether it is a key or value.</param>
    /// <param name="inherited">The rule that leaves out what it lies in, or null.</param>
    internal NoiseRule? Find(ReadOnlySpan<string> path, bool isRegistry, NoiseRule? inherited)
    {
        if (First(_included, path, isRegistry) is not null)
        {
            return null;
        }

        if (First(_excluded, path, isRegistry) is { } excluded)
        {
            return excluded;
        }

        return inherited is { Source: NoiseSource.Spec } ? inherited
            : First(_kept, path, isRegistry) is not null ? null
            : inherited ?? First(_noise, path, isRegistry);
    }

    private static string FileName(LayerPlatform platform) => platform == LayerPlatform.Windows ? "noise-windows.txt" : "noise-linux.txt";

    private static NoiseRule? First(NoiseRule[] rules, ReadOnlySpan<string> path, bool isRegistry)
    {
        foreach (var rule in rules)
        {
            if (rule.Pattern.IsRegistry == isRegistry && rule.Pattern.IsMatch(path))
            {
                return rule;
            }
        }

        return null;
    }

    private static PlacePattern Pattern(string text, LayerPlatform platform, VirtErrorCode code, string where)
    {
        try
        {
            return PlacePattern.Parse(text, platform);
        }
        catch (FormatException e)
        {
            throw new VirtException(code, $"{where}: {e.Message}", e);
        }
    }

    private static string ReadOwn(string file)
    {
        try
        {
            return new FileInfo(file).Length <= LargestFile
                ? File.ReadAllText(file)
                : throw new VirtException(VirtErrorCode.ParameterInvalid, $"'{file}' is larger than {LargestFile} bytes.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"'{file}' cannot be read", e);
        }
    }
}
