namespace VirtEngine.Tests.Whp;

/// <summary>Needs the headers of mingw-w64 and the host's compiler.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MingwFactAttribute : FactAttribute
{
    internal const string Headers = "/usr/share/mingw-w64/include";

    public MingwFactAttribute()
    {
        if (!File.Exists(Path.Combine(Headers, "winhvplatformdefs.h"))) Skip = "The headers of mingw-w64 are not there (Debian package mingw-w64-common).";
        else if (!File.Exists("/usr/bin/gcc")) Skip = "gcc is not there (Debian package g++).";
    }
}
