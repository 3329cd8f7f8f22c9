using AppLayer.Activation;

namespace VirtWorker.Tests.Applications;

/// <summary>A test with Windows programs; skipped, with the reason, where Wine is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WineFactAttribute : FactAttribute
{
    public WineFactAttribute()
    {
        try
        {
            WineInstallation.Find();
        }
        catch (VirtFoundation.VirtException e)
        {
            Skip = e.Message;
        }
    }
}
