using HardwareLab;

// HardwareLab: a shell in a lab, on this terminal. HardwareLab PROGRAM [ARGUMENT...]: runs one program in a lab, and ends with its exit code.
// With -i before it the lab's clocks count instructions.
if (LabMachine.Unavailable is { } reason)
{
    Console.Error.WriteLine(reason);
    return 2;
}

var options = new LabOptions { ClockOfInstructions = args is ["-i", ..], Patience = TimeSpan.FromMinutes(5) };
string[] words = options.ClockOfInstructions ? args[1..] : args;
if (words.Length == 0)
{
    Console.WriteLine("The lab's files are the host's, read-only; what is written stays in its memory. 'exit' ends it, Ctrl+A X kills it.");
    using var qemu = Qemu.StartShell(LabImage.Obtain(), options);
    await qemu.WaitForExitAsync();
    return qemu.ExitCode;
}

await using var lab = await LabMachine.BootAsync(options);
var run = await lab.RunAsync(words[0], words[1..], limit: TimeSpan.FromMinutes(10), line: Console.WriteLine);
Console.Error.WriteLine($"booted in {lab.BootTime.TotalSeconds:f1} s, ran for {run.Duration.TotalSeconds:f1} s, ended with {run.ExitCode}");
foreach (string complaint in lab.Complaints) Console.Error.WriteLine(complaint);
return run.ExitCode;
