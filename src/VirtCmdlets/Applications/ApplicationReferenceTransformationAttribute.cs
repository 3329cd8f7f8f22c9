using AppLayer.Applications;

namespace VirtCmdlets;

/// <summary>Takes for an application whatever tells which one is meant.</summary>
internal sealed class ApplicationReferenceTransformationAttribute : ReferenceTransformationAttribute
{
    private protected override bool IsReference(object one) => one is ApplicationReference;

    private protected override object ToReference(Guid id) => new ApplicationReference(id);

    private protected override object ToReference(string name) => new ApplicationReference(name);
}
