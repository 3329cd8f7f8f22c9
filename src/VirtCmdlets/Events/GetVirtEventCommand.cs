using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Gets the events of virtual machines: who did what when, and what became of it.</summary>
/// <example><code>Get-VirtEvent web01 -Newest 10</code>Shows the last 10 events.</example>
/// <example><code>Get-VirtEvent web01 -Wait -EventName StateChanged</code>Shows changes of state as they happen, until Ctrl+C.</example>
[Cmdlet(VerbsCommon.Get, "VirtEvent", DefaultParameterSetName = ByName)]
[OutputType(typeof(VirtEvent))]
public sealed class GetVirtEventCommand : MachineCmdlet
{
    /// <summary>Names of events; wildcards are allowed.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] EventName { get; set; } = ["*"];

    /// <summary>Only events with a greater number.</summary>
    [Parameter]
    public long After { get; set; }

    /// <summary>Only the newest, this many.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? Newest { get; set; }

    /// <summary>Goes on as events happen, until Ctrl+C.</summary>
    [Parameter]
    [Alias("Follow")]
    public SwitchParameter Wait { get; set; }

    /// <summary>Writes the events.</summary>
    protected override void ProcessRecord()
    {
        var patterns = EventName.Select(name => new WildcardPattern(name, WildcardOptions.IgnoreCase)).ToArray();
        ForEach(Chosen(), machine =>
        {
            var found = VirtHost.GetEvents(machine.Id, After);
            var wanted = found.Where(one => patterns.Any(pattern => pattern.IsMatch(one.Name)));
            WriteObject(
                (Newest is { } count ? wanted.TakeLast(count) : wanted).Select(one => new VirtEvent(machine, one)), enumerateCollection: true);
            if (Wait)
            {
                Follow(machine, patterns, found.Count > 0 ? found[^1].Sequence : After);
            }
        });
    }

    private void Follow(MachineInfo machine, WildcardPattern[] patterns, long after) => Await(async (write, cancellation) =>
    {
        await foreach (var one in VirtHost.FollowEventsAsync(machine.Id, after, cancellation).ConfigureAwait(false))
        {
            if (patterns.Any(pattern => pattern.IsMatch(one.Name)))
            {
                write(() => WriteObject(new VirtEvent(machine, one)));
            }
        }

        return true;
    });
}
