using VirtTools.Build;
using VirtTools.Build.Packaging;
using VirtTools.Build.Packaging.Profiles;
using VirtTools.Build.Testing;

BuildTask[] tasks =
[
    new("build", "Builds everything.", "", SolutionTask.Run),
    new("test", "Runs all tests, or those of the projects whose name contains one of the words.", "[word...]", TestTask.Run),
    new("demo", "Runs the examples with the packaged module: a machine from YAML to a command's output, and virtual applications.", "", DemoTask.Run),
    new("bench", "Measures the figures, or those whose name contains one of the words; --rounds n, --json file.", "[word...]", BenchTask.Run),
    new("nightly", "Runs the tests in their long form: it takes hours.", "[word...]", NightlyTask.Run),
    new("package", "Makes the module in out/VirtTools, with workers for all platforms or those named.", "[rid...]", PackageTask.Run),
    new("profile", "Adds what a worker compiled just in time to what packages compile ahead.", "summary...", MethodProfile.Record),
    new("help", "Shows this.", "", _ => 0),
];

var name = args is [var first, ..] ? first : "help";
if (Array.Find(tasks, task => task.Name == name) is not { } chosen)
{
    Console.Error.WriteLine($"There is no task '{name}'; 'help' lists them.");
    return 2;
}

if (chosen.Name == "help")
{
    foreach (var task in tasks) Console.WriteLine($"  {task.Name + " " + task.Arguments,-20} {task.Summary}");
}

try
{
    return chosen.Run(args[Math.Min(1, args.Length)..]);
}
catch (TaskFailedException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
