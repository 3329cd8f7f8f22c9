namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>What the guest used that the hypervisor does not have.</summary>
internal enum WHV_X64_UNSUPPORTED_FEATURE_CODE : uint
{
    WHvUnsupportedFeatureIntercept = 1,
    WHvUnsupportedFeatureTaskSwitchTss = 2,
}
