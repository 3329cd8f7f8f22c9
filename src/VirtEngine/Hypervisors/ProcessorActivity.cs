namespace VirtEngine.Hypervisors;

/// <summary>What a processor is doing between instructions (Intel SDM vol. 3, activity states).</summary>
public enum ProcessorActivity
{
    /// <summary>Executing.</summary>
    Running,

    /// <summary>In HLT until an interrupt.</summary>
    Halted,

    /// <summary>After INIT, until a start-up IPI.</summary>
    WaitForSipi,

    /// <summary>After a triple fault.</summary>
    Shutdown,
}
