namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>How guest memory may be accessed.</summary>
[Flags]
internal enum WHV_MAP_GPA_RANGE_FLAGS : uint
{
    WHvMapGpaRangeFlagNone = 0x00000000,
    WHvMapGpaRangeFlagRead = 0x00000001,
    WHvMapGpaRangeFlagWrite = 0x00000002,
    WHvMapGpaRangeFlagExecute = 0x00000004,
    WHvMapGpaRangeFlagTrackDirtyPages = 0x00000008,
}
