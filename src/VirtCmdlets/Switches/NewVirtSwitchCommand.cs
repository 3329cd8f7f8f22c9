using System.Collections;
using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Makes a virtual switch, stopped. Machines are plugged into it by the networks of their specs.</summary>
/// <example><code>New-VirtSwitch lab | Start-VirtSwitch</code>Makes a switch and starts it.</example>
/// <example><code>New-VirtSwitch office -UplinkTap tap0</code>Makes a switch that leads to the host by a TAP interface.</example>
[Cmdlet(VerbsCommon.New, "VirtSwitch", SupportsShouldProcess = true)]
[OutputType(typeof(SwitchInfo))]
public sealed class NewVirtSwitchCommand : VirtCmdlet
{
    /// <summary>The name, unique among the switches of the scope.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>The TAP interface of the host that leads out of the switch (Linux). It need not be there before the switch starts.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? UplinkTap { get; set; }

    /// <summary>Labels: names with texts.</summary>
    [Parameter]
    public Hashtable? Labels { get; set; }

    /// <summary>Remarks for people.</summary>
    [Parameter]
    public string Notes { get; set; } = "";

    /// <summary>Makes the switch.</summary>
    protected override void ProcessRecord() => Try(
        () =>
        {
            var spec = new VirtSpecs.Switch
            {
                Name = Name,
                Notes = Notes,
                Labels = Arguments.Texts(Labels),
                Uplink = UplinkTap is null ? null : new() { Tap = UplinkTap },
            };
            if (ShouldProcess(Name, "New-VirtSwitch"))
            {
                var id = Switches.Create(spec);
                WriteObject(Await(cancellation => Switches.GetAsync(id, cancellation)));
            }
        },
        Name);
}
