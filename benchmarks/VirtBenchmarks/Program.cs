using System.Globalization;
using VirtBenchmarks;
using VirtBenchmarks.Figures.Import;
using VirtBenchmarks.Figures.Kvm;
using VirtBenchmarks.Figures.Mounting;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is [ModuleImport.Verb, var module, var engine])
{
    Console.WriteLine(ModuleImport.Run(module, engine));
    return 0;
}

if (args is [StackMount.Verb, var who, var stack])
{
    Console.WriteLine(StackMount.Run(who, stack));
    return 0;
}

if (args is [ExitTrips.Verb, var batches, var exits])
{
    ExitTrips.Run(int.Parse(batches, CultureInfo.InvariantCulture), int.Parse(exits, CultureInfo.InvariantCulture));
    return 0;
}

Options options;
try
{
    options = Options.Parse(args);
}
catch (ArgumentException e)
{
    Console.Error.WriteLine($"{e.Message}\n{Options.Usage}");
    return 2;
}

var machine = MachineDescription.Now();
Console.WriteLine(machine);
var all = typeof(Figure).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Figure)) && !type.IsAbstract)
    .Select(type => (Figure)Activator.CreateInstance(type)!).OrderBy(figure => figure.Name, StringComparer.Ordinal).ToList();
var figures = new List<Figure>();
try
{
    foreach (var figure in all.Where(options.Chooses))
    {
        try
        {
            figure.Prepare();
            figures.Add(figure);
        }
        catch (FigureUnavailableException e)
        {
            Console.WriteLine($"{figure.Name} is left out: {e.Message}");
        }
    }

    if (figures.Count == 0)
    {
        Console.Error.WriteLine($"Nothing to measure. Figures: {string.Join(", ", all.Select(figure => figure.Name))}.");
        return 1;
    }

    var failures = 0;
    var measurements = Rounds.Run(figures, options.Rounds, (figure, error) =>
    {
        failures++;
        Console.Error.WriteLine($"{figure.Name} FAILED: {error}");
    }, Work.Settle);
    Console.WriteLine($"Medians of {options.Rounds} interleaved rounds, ± half the distance of the quartiles.\n");
    Report.WriteTable(measurements, Console.Out);
    Report.WriteJson(measurements, machine, options.Rounds, options.Json);
    Console.WriteLine($"\nAll values: {options.Json}");
    return failures == 0 ? 0 : 1;
}
finally
{
    foreach (var figure in all) figure.Dispose();
    BenchLab.Close();
}
