using VirtEngine.Machines;
using VirtEngine.Store;
using VirtFoundation.Store;

namespace VirtWorker.Machines;

/// <summary>Builds the machine that a record describes.</summary>
internal interface IMachineFactory
{
    /// <summary>Builds a machine, not started yet.</summary>
    /// <param name="record">What was asked for.</param>
    /// <param name="root">Where images are found.</param>
    IMachine Create(MachineRecord record, VirtRoot root);
}
