using VirtEngine.Bus;

namespace VirtEngine.Chipset;

/// <summary>A wire that several devices pull, as PCI devices share INTA–INTD: it is high while any of them drives it.</summary>
internal sealed class SharedLine(Action<bool> output)
{
    private sealed class Source(SharedLine owner) : IInterruptLine
    {
        private bool _driven;

        public void Set(bool level)
        {
            lock (owner._gate)
            {
                if (level == _driven) return;
                _driven = level;
                owner._drivers += level ? 1 : -1;
                if (owner._drivers == (level ? 1 : 0)) owner._output(level);
            }
        }
    }

    private readonly Lock _gate = new();
    private readonly Action<bool> _output = output;
    private int _drivers;

    /// <summary>A device's own connection to the wire.</summary>
    internal IInterruptLine Connect() => new Source(this);
}
