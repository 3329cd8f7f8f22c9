using System.Globalization;

namespace VirtBenchmarks;

/// <param name="Words">Figures whose name contains one of these, or all figures.</param>
/// <param name="Rounds">How many rounds count.</param>
/// <param name="Json">Where the results go as JSON.</param>
internal sealed record Options(IReadOnlyList<string> Words, int Rounds, string Json)
{
    internal const string Usage = "Usage: VirtBenchmarks [word...] [--rounds n] [--json file]";

    /// <exception cref="ArgumentException">The command line is not one of this program.</exception>
    internal static Options Parse(string[] arguments)
    {
        var words = new List<string>();
        var (rounds, json) = (7, Path.Combine("out", "bench", "figures.json"));
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--rounds" when i + 1 < arguments.Length && int.TryParse(arguments[i + 1], CultureInfo.InvariantCulture, out rounds) && rounds > 0: i++; break;
                case "--json" when i + 1 < arguments.Length: json = arguments[++i]; break;
                case var word when !word.StartsWith('-'): words.Add(word); break;
                default: throw new ArgumentException($"'{arguments[i]}' is not known or lacks its value.");
            }
        }

        return new(words, rounds, json);
    }

    internal bool Chooses(Figure figure) => Words.Count == 0 || Words.Any(word => figure.Name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
