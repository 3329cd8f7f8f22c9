using System.Management.Automation;
using AppLayer.Applications;
using VirtEngine.Hosts;
using VirtFoundation;

namespace VirtCmdlets;

/// <summary>Gets the events of virtual machines, applications and switches: who did what when, and what became of it.</summary>
/// <example><code>Get-VirtEvent web01 -Newest 10</code>Shows a machine's last 10 events.</example>
/// <example><code>Get-VirtEvent -Application node*</code>Shows what happened to some applications.</example>
/// <example><code>Get-VirtEvent -Switch lab -Newest 5</code>Shows the last 5 events of a switch.</example>
/// <example><code>Get-VirtEvent web01 -Wait -EventName StateChanged</code>Shows changes of state as they happen, until Ctrl+C.</example>
[Cmdlet(VerbsCommon.Get, "VirtEvent", DefaultParameterSetName = ByName)]
[OutputType(typeof(VirtEvent))]
public sealed class GetVirtEventCommand : MachineCmdlet
{
    private const string ByApplication = "Application";
    private const string BySwitch = "Switch";

    private readonly List<(EventSource Source, long Seen)> _followed = [];
    private WildcardPattern[] _patterns = [];

    /// <summary>Applications as Get-VirtApplication gives them, their names, or objects with an Id or a Name. Wildcards are allowed in names.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByApplication, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ReferenceTransformation]
    [ArgumentCompleter(typeof(ApplicationNameCompleter))]
    [ValidateNotNullOrEmpty]
    public ApplicationReference[] Application { get; set; } = [];

    /// <summary>Switches as Get-VirtSwitch gives them, their names, or objects with an Id or a Name. Wildcards are allowed in names.</summary>
    [Parameter(Mandatory = true, ParameterSetName = BySwitch, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ReferenceTransformation]
    [ArgumentCompleter(typeof(SwitchNameCompleter))]
    [ValidateNotNullOrEmpty]
    public SwitchReference[] Switch { get; set; } = [];

    /// <summary>Names of events; wildcards are allowed.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] EventName { get; set; } = ["*"];

    /// <summary>Only events with a greater number.</summary>
    [Parameter]
    public long After { get; set; }

    /// <summary>Only the newest, this many of each machine, application or switch.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? Newest { get; set; }

    /// <summary>Goes on as events happen, until Ctrl+C.</summary>
    [Parameter]
    [Alias("Follow")]
    public SwitchParameter Wait { get; set; }

    /// <summary>Looks at the parameters.</summary>
    protected override void BeginProcessing() =>
        _patterns = [.. EventName.Select(name => new WildcardPattern(name, WildcardOptions.IgnoreCase))];

    /// <summary>Writes the events.</summary>
    protected override void ProcessRecord() => ForEach(Sources(), source =>
    {
        var found = source.Read(After);
        var wanted = found.Where(one => IsWanted(one.Name));
        WriteObject((Newest is { } count ? wanted.TakeLast(count) : wanted).Select(one => new VirtEvent(source, one)), enumerateCollection: true);
        _followed.Add((source, found.Count > 0 ? found[^1].Sequence : After));
    });

    /// <summary>Goes on with all of them at once.</summary>
    protected override void EndProcessing()
    {
        if (Wait && _followed.Count > 0)
        {
            Try(
                () => Await(async (write, cancellation) =>
                {
                    await Task.WhenAll(_followed.Select(one => FollowAsync(one.Source, one.Seen, write, cancellation))).ConfigureAwait(false);
                    return true;
                }),
                null);
        }
    }

    private async Task FollowAsync(EventSource source, long after, Action<Action> write, CancellationToken cancellation)
    {
        await foreach (var one in source.Follow(after, cancellation).ConfigureAwait(false))
        {
            if (IsWanted(one.Name))
            {
                write(() => WriteObject(new VirtEvent(source, one)));
            }
        }
    }

    private bool IsWanted(string name) => _patterns.Any(pattern => pattern.IsMatch(name));

    private IEnumerable<EventSource> Sources() => ParameterSetName switch
    {
        ByApplication => Application.SelectMany(one => Find(Kinds.Application, one.Id, one.Name)).DistinctBy(one => one.Id).Select(Of),
        BySwitch => Switch.SelectMany(one => Find(Kinds.Switch, one.Id, one.Name)).DistinctBy(one => one.Id).Select(Of),
        ById => Id.Select(Find),
        _ => Chosen().Select(Of),
    };

    // An identity is of a machine, an application or a switch: events, and what came from another computer, say no more.
    private EventSource Find(Guid id) =>
        TryFind(() => Of(Await(cancellation => VirtHost.GetMachineAsync(id, cancellation))), VirtErrorCode.MachineNotFound)
        ?? TryFind(() => Of(Await(cancellation => Applications.GetAsync(id, cancellation))), VirtErrorCode.ApplicationNotFound)
        ?? TryFind(() => Of(Await(cancellation => Switches.GetAsync(id, cancellation))), VirtErrorCode.SwitchNotFound)
        ?? throw new VirtException(VirtErrorCode.MachineNotFound, $"There is no machine, application or switch with the id {id}.");

    private static EventSource? TryFind(Func<EventSource> find, VirtErrorCode notFound)
    {
        try
        {
            return find();
        }
        catch (VirtException e) when (e.Code == notFound)
        {
            return null;
        }
    }

    private EventSource Of(MachineInfo machine) => new(
        machine.Id, machine.Name, machine.HostName,
        after => VirtHost.GetEvents(machine.Id, after), (after, cancellation) => VirtHost.FollowEventsAsync(machine.Id, after, cancellation));

    private EventSource Of(ApplicationInfo application) => new(
        application.Id, application.Name, application.HostName,
        after => Applications.GetEvents(application.Id, after),
        (after, cancellation) => Applications.FollowEventsAsync(application.Id, after, cancellation));

    private EventSource Of(SwitchInfo one) => new(
        one.Id, one.Name, one.HostName,
        after => Switches.GetEvents(one.Id, after), (after, cancellation) => Switches.FollowEventsAsync(one.Id, after, cancellation));
}
