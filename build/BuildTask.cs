namespace VirtTools.Build;

/// <param name="Name">What stands after <c>build.sh</c>.</param>
/// <param name="Summary">One line for <c>help</c>.</param>
/// <param name="Arguments">What may stand after the name, for <c>help</c>.</param>
/// <param name="Run">Does the task and returns the exit code.</param>
internal sealed record BuildTask(string Name, string Summary, string Arguments, Func<string[], int> Run);
