using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using LabRunner;

// LabRunner ASSEMBLY TYPE SECONDS [CASE...]: runs the cases of a type, or those named, and tells of each by lines as CaseLine has them.
// Ends with 0 when every one was run, whatever came out, and with 3 (HungExitCode) when one did not end in time: its thread is still there, so no other can follow.
if (args.Length < 3 || !double.TryParse(args[2], NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds))
{
    Console.Error.WriteLine("usage: LabRunner ASSEMBLY TYPE SECONDS [CASE...]");
    return 2;
}

var suite = Assembly.LoadFrom(args[0]).GetType(args[1], throwOnError: true)!;
var cases = LabCase.Of(suite);
foreach (string unknown in args[3..].Except(cases.Select(one => one.Name)))
{
    Console.Error.WriteLine($"{suite.FullName} has no case '{unknown}'.");
    return 2;
}

foreach (var one in cases.Where(one => args.Length == 3 || args.AsSpan(3).Contains(one.Name)))
{
    Tell(CaseEvent.Begin, one.Name, "");
    CaseLine end = default;
    // Not the thread pool's: a case may block it, and may want a stack of its own.
    var thread = new Thread(() => end = Run(one)) { IsBackground = true, Name = one.Name };
    thread.Start();
    if (!thread.Join(TimeSpan.FromSeconds(seconds)))
    {
        Tell(CaseEvent.Fail, one.Name, $"{nameof(TimeoutException)}: It did not end within {seconds} s.");
        Environment.Exit(LabCase.HungExitCode);
    }

    Tell(end.Event, end.Case, end.Text);
}

return 0;

static CaseLine Run(LabCase one)
{
    var watch = Stopwatch.StartNew();
    try
    {
        one.Run();
        return new(CaseEvent.Pass, one.Name, watch.Elapsed.TotalMilliseconds.ToString("f1", CultureInfo.InvariantCulture));
    }
    catch (CaseSkippedException e)
    {
        return new(CaseEvent.Skip, one.Name, e.Message);
    }
    catch (Exception e)
    {
        return new(CaseEvent.Fail, one.Name, e.ToString());
    }
}

static void Tell(CaseEvent what, string name, string text)
{
    Console.Out.WriteLine(new CaseLine(what, name, text).ToString());
    Console.Out.Flush();
}
