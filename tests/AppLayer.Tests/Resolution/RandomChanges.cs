using System.Runtime.Versioning;
using VirtFoundation.Interop;

namespace AppLayer.Tests.Resolution;

/// <summary>Changes a directory at random, as programs do; what can't be done isn't.</summary>
[SupportedOSPlatform("linux")]
internal sealed class RandomChanges(Random random, string root)
{
    private const int MaximumDepth = 4;
    private static readonly string[] Names = ["a", "b", "c", "d", "é x"];

    internal void Make(int count)
    {
        for (var i = 0; i < count; i++)
        {
            try
            {
                MakeOne();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A directory where a file is wanted, a name that is taken, a rename across layers: the kernel has refused, and nothing changed.
            }
        }
    }

    private void MakeOne()
    {
        var path = Any();
        switch (random.Next(15))
        {
            case 0 or 1 or 2:
                File.WriteAllText(path, Text());
                break;
            case 3:
                File.AppendAllText(path, Text());
                break;
            case 4 or 5 or 6:
                Directory.CreateDirectory(path);
                break;
            case 7:
                File.Delete(path);
                break;
            case 8:
                Directory.Delete(path, recursive: random.Next(2) == 0);
                break;
            case 9:
                // A directory made anew is opaque; what a program then puts into it is all that is in it.
                Directory.Delete(path, recursive: true);
                Directory.CreateDirectory(path);
                File.WriteAllText(Path.Combine(path, Name()), Text());
                break;
            case 10:
                if (Directory.Exists(path)) Directory.Move(path, Any());
                else File.Move(path, Any(), overwrite: true);
                break;
            case 11:
                File.CreateSymbolicLink(path, random.Next(3) switch { 0 => Name(), 1 => $"../{Name()}/{Name()}", _ => $"/{Name()}/{Name()}" });
                break;
            case 12:
                if (Libc.Link(path, Any()) != 0) throw UnixError.Last(path);
                break;
            case 13:
                // Set-group-ID too, but always so that the owner can go on.
                File.SetUnixFileMode(path, (UnixFileMode)random.Next(512) | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                    | (random.Next(4) == 0 ? UnixFileMode.SetGroup : 0));
                break;
            default:
                File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddTicks(random.NextInt64(TimeSpan.TicksPerDay * 10000)));
                break;
        }
    }

    private string Text() => new('x', random.Next(1, 40));

    private string Name() => Names[random.Next(Names.Length)];

    private string Any()
    {
        var path = root;
        for (var depth = random.Next(1, MaximumDepth + 1); depth > 0; depth--) path = Path.Combine(path, Name());
        return path;
    }
}
