namespace VirtEngine.Bus;

/// <summary>A wire to an interrupt controller. Active high; edge or level is the controller's setting.</summary>
public interface IInterruptLine
{
    /// <summary>Drives the wire; repeated levels change nothing.</summary>
    void Set(bool level);
}
