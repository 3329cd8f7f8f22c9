using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Takes for a machine whatever tells which one is meant.</summary>
internal sealed class MachineReferenceTransformationAttribute : ReferenceTransformationAttribute
{
    private protected override bool IsReference(object one) => one is MachineReference;

    private protected override object ToReference(Guid id) => new MachineReference(id);

    private protected override object ToReference(string name) => new MachineReference(name);
}
