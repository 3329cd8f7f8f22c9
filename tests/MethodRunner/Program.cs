using System.Reflection;
using System.Runtime.ExceptionServices;

// Runs one static method of an assembly of tests in a process of its own: what a test can't do to the process that runs all of them.
var method = Assembly.LoadFrom(args[0]).GetType(args[1], throwOnError: true)!
    .GetMethod(args[2], BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic) ?? throw new MissingMethodException(args[1], args[2]);
try
{
    method.Invoke(null, [.. args[3..]]);
    return 0;
}
catch (TargetInvocationException e)
{
    ExceptionDispatchInfo.Throw(e.InnerException!);
    throw;
}
