using VirtEngine.Bus;

namespace VirtEngine.Chipset;

/// <summary>A wire that several devices pull, as PCI devices share INTA–INTD: it is high while any of them drives it.</summary>
internal sealed class SharedLine(Action<bool> output)
{
    private sealed class Source(SharedLine owner) : IInterruptLine
    {
        private bool driven;

        public void Set(bool level)
        {
            lock (owner.gate)
            {
                if (level == driven) return;
                driven = level;
                owner.drivers += level ? 1 : -1;
                if (owner.drivers == (level ? 1 : 0)) owner.output(level);
            }
        }
    }

    private readonly Lock gate = new();
    private readonly Action<bool> output = output;
    private int drivers;

    /// <summary>A device's own connection to the wire.</summary>
    internal IInterruptLine Connect() => new Source(this);
}
