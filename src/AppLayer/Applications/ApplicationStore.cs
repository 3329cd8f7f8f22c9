using VirtFoundation;
using VirtFoundation.Store;
using VirtSpecs;

namespace AppLayer.Applications;

/// <summary>The virtual applications of a root.</summary>
internal sealed class ApplicationStore(VirtRoot root)
    : RecordStore<ApplicationRecord, ApplicationRunRecord>(root, root.ApplicationsDirectory, Words)
{
    private static readonly RecordWords Words = new(
        "virtual application", VirtErrorCode.ApplicationNotFound, VirtErrorCode.ApplicationNameInUse, VirtErrorCode.ApplicationRunning);

    internal override ApplicationDirectory DirectoryOf(Guid id) => new(Path.Combine(Root.ApplicationsDirectory, id.ToString("N")));

    /// <summary>Makes a virtual application.</summary>
    /// <exception cref="VirtException">The name is in use, or the disk refuses.</exception>
    internal ApplicationRecord Create(Application spec) => Add(new() { Id = Guid.NewGuid(), Created = DateTime.UtcNow, Spec = spec });

    /// <summary>Changes what a virtual application should be.</summary>
    /// <param name="id">The application.</param>
    /// <param name="change">What to change.</param>
    /// <param name="whileStopped">Whether the change needs it stopped: then nobody starts it meanwhile.</param>
    /// <exception cref="VirtException">There is no such application, it runs, or the new name is in use.</exception>
    internal ApplicationRecord Update(Guid id, Func<Application, Application> change, bool whileStopped = false) =>
        Change(id, record => record with { Spec = change(record.Spec) }, whileStopped);

    private protected override void Sweep()
    {
        TemporaryApplication.Sweep(Root);
        base.Sweep();
    }
}
