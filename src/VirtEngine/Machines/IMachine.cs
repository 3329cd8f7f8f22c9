using VirtEngine.Balloons;
using VirtEngine.Channels;
using VirtEngine.Measures;

namespace VirtEngine.Machines;

/// <summary>A built virtual machine inside its worker.</summary>
internal interface IMachine : IDisposable
{
    /// <summary>What it is doing.</summary>
    MachineState State { get; }

    /// <summary>Why it is in that state, when that was not asked for: a triple fault, a panic device, a hypervisor's failure.</summary>
    string? Reason { get; }

    /// <summary>The hypervisor that was chosen.</summary>
    string Hypervisor { get; }

    /// <summary>Raised after each change of <see cref="State"/>, in order, on any thread.</summary>
    event Action<MachineState>? StateChanged;

    /// <summary>COM1.</summary>
    IGuestChannel Console { get; }

    /// <summary>The virtio port <c>org.qemu.guest_agent.0</c>.</summary>
    IGuestChannel Agent { get; }

    /// <summary>Loads the kernel and starts the processors.</summary>
    void Start();

    /// <summary>Stops processors and time; returns when all of them stand.</summary>
    void Pause();

    /// <summary>Goes on after <see cref="Pause"/>.</summary>
    void Resume();

    /// <summary>Presses the ACPI power button.</summary>
    void PressPowerButton();

    /// <summary>Turns the machine off at once.</summary>
    void TurnOff();

    /// <summary>The host's side of the memory balloon.</summary>
    BalloonControl Balloon { get; }

    /// <summary>What it has done so far. The guest is asked to tell of its memory anew, for the next time.</summary>
    /// <exception cref="InvalidOperationException">It is not on.</exception>
    MachineCounters Measure();
}
