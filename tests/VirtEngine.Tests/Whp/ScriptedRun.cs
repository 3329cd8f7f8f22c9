using VirtEngine.Hypervisors.Whp.Interop;

namespace VirtEngine.Tests.Whp;

/// <summary>What a run of a scripted platform's processor ends with.</summary>
internal unsafe delegate void ScriptedRun(WHV_RUN_VP_EXIT_CONTEXT* exit);
