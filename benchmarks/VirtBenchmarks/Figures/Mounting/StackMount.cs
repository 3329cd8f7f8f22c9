using System.Diagnostics;
using AppLayer.Mounting;

namespace VirtBenchmarks.Figures.Mounting;

/// <summary>Mounts of a stack, made in this process, which was started in a mount namespace of its own.</summary>
internal static class StackMount
{
    /// <summary>The command line's first word that asks for it; who mounts and a directory with layers <c>0</c>, <c>1</c> … <c>u</c>, <c>k</c>, <c>m</c> follow.</summary>
    internal const string Verb = "--mount", Ours = "ours", Peer = "mount";

    internal const int Layers = 50;

    private const int Mounts = 200, WarmUps = 10;
    private const double Part = 0.99;

    /// <returns>Milliseconds that 99 of 100 mounts need at most.</returns>
    internal static double Run(string who, string directory)
    {
        var lowers = Enumerable.Range(0, Layers).Select(i => Path.Combine(directory, $"{i}")).ToArray();
        var (upper, work, target) = (Path.Combine(directory, "u"), Path.Combine(directory, "k"), Path.Combine(directory, "m"));
        var overlay = new OverlayMount { Lowers = lowers, Upper = upper, Work = work };
        var times = new List<double>(Mounts);
        for (var i = -WarmUps; i < Mounts; i++)
        {
            var start = Stopwatch.GetTimestamp();
            if (who == Ours) overlay.MountAt(target);
            else VirtBenchmarks.Work.Run("mount", "-t", "overlay", "-o", $"userxattr,lowerdir={string.Join(':', lowers)},upperdir={upper},workdir={work}", "virttools", target);
            var time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (i >= 0) times.Add(time);
            MountNamespace.Unmount(target);
        }

        times.Sort();
        return times[(int)(Mounts * Part) - 1];
    }
}
