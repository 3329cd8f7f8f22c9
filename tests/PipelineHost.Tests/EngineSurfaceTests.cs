using System.Management.Automation;
using System.Reflection;
using PipelineHost.Modules;

namespace PipelineHost.Tests;

/// <summary>The stand-in for PowerShell's engine assembly is a part of the real API, and says what is beyond it.</summary>
public sealed class EngineSurfaceTests
{
    [Fact]
    public void Stand_in_offers_nothing_that_the_reference_assembly_lacks()
    {
        string reference = typeof(EngineSurfaceTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "ReferenceAssembly").Value!;
        AssemblySurface real = AssemblySurface.Read(reference);
        AssemblySurface ours = AssemblySurface.Read(typeof(Cmdlet).Assembly.Location);

        var foreign = new List<string>();
        foreach ((string type, HashSet<string> members) in ours.Types)
        {
            if (!real.Types.TryGetValue(type, out HashSet<string>? known)) foreign.Add(type);
            else foreign.AddRange(members.Except(known).Where(m => !IsOverride(m)).Select(m => $"{type}.{m}"));
        }
        foreign.Remove(Later);
        Assert.True(foreign.Count == 0, string.Join("\n", foreign.Order(StringComparer.Ordinal)));
        Assert.True(ours.Types.Count > 80);
    }

    [Fact]
    public void Stand_in_has_all_that_the_probe_module_uses() =>
        Assert.Equal([], ModuleLoader.Missing(typeof(BindingProbe.Format).Assembly.Location));

    [Fact]
    public void Module_that_uses_more_is_refused_with_the_names_of_what_is_missing()
    {
        var error = Assert.Throws<NotSupportedException>(() =>
            new ScriptHost().Import(Path.Combine(AppContext.BaseDirectory, "BeyondProbe.dll")));
        Assert.Contains("System.Management.Automation.CommandInvocationIntrinsics", error.Message, StringComparison.Ordinal);
        Assert.Contains("System.Management.Automation.PSCmdlet.get_InvokeCommand()", error.Message, StringComparison.Ordinal);
        Assert.Contains("System.Management.Automation.Host.PSHost", error.Message, StringComparison.Ordinal);
    }

    // Recorded from PowerShell 7.6, newer than the reference assembly.
    private const string Later = "System.Management.Automation.ActionPreference.Break : System.Management.Automation.ActionPreference = 6";

    // An override changes nothing for those who call it.
    private static bool IsOverride(string member) =>
        member.StartsWith("ToString() :", StringComparison.Ordinal)
            || member.StartsWith("Equals(System.Object) :", StringComparison.Ordinal)
        || member.StartsWith("GetHashCode() :", StringComparison.Ordinal);
}
