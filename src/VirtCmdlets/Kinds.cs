using AppLayer.Capture;
using AppLayer.Store;
using VirtEngine.Hosts;
using VirtFoundation;

namespace VirtCmdlets;

/// <summary>The kinds of things that commands find by name or identity.</summary>
internal static class Kinds
{
    internal static readonly Kind<MachineInfo> Machine = new(
        "machine", VirtErrorCode.MachineNotFound, machine => machine.Id, (machine, _) => machine.Name,
        (cmdlet, damaged) => cmdlet.Await(cancellation => cmdlet.VirtHost.GetMachinesAsync((id, failure) => damaged(id, failure), cancellation)),
        (cmdlet, id) => cmdlet.Await(cancellation => cmdlet.VirtHost.GetMachineAsync(id, cancellation)),
        (cmdlet, name) => cmdlet.Await(cancellation => cmdlet.VirtHost.FindAsync(new(name), cancellation)));

    internal static readonly Kind<SwitchInfo> Switch = new(
        "switch", VirtErrorCode.SwitchNotFound, one => one.Id, (one, _) => one.Name,
        (cmdlet, damaged) => cmdlet.Await(cancellation => cmdlet.Switches.ListAsync((id, failure) => damaged(id, failure), cancellation)),
        (cmdlet, id) => cmdlet.Await(cancellation => cmdlet.Switches.GetAsync(id, cancellation)),
        (cmdlet, name) => cmdlet.Await(cancellation => cmdlet.Switches.FindAsync(new(name), cancellation)));

    internal static readonly Kind<ApplicationInfo> Application = new(
        "application", VirtErrorCode.ApplicationNotFound, application => application.Id, (application, _) => application.Name,
        (cmdlet, damaged) => cmdlet.Await(cancellation => cmdlet.Applications.ListAsync((id, failure) => damaged(id, failure), cancellation)),
        (cmdlet, id) => cmdlet.Await(cancellation => cmdlet.Applications.GetAsync(id, cancellation)),
        (cmdlet, name) => cmdlet.Await(cancellation => cmdlet.Applications.FindAsync(new(name), cancellation)));

    /// <summary>Layers as <c>name@version</c>, or as a name for all its versions.</summary>
    internal static readonly Kind<LayerInfo> Layer = new(
        "layer", VirtErrorCode.LayerNotFound, layer => layer.Id,
        (layer, name) => name.Contains('@', StringComparison.Ordinal) ? $"{layer}" : layer.Name,
        (cmdlet, damaged) => cmdlet.Layers.List((place, failure) => damaged(place, failure)),
        (cmdlet, id) => cmdlet.Layers.Get(id));

    internal static readonly Kind<CaptureInfo> Capture = new(
        "capture", VirtErrorCode.CaptureNotFound, capture => capture.Id, (capture, _) => capture.Name,
        (cmdlet, damaged) => cmdlet.Captures.List((place, failure) => damaged(place, failure)));
}
