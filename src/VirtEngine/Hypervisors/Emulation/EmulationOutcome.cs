namespace VirtEngine.Hypervisors.Emulation;

/// <summary>How an instruction ended.</summary>
internal enum EmulationOutcome
{
    /// <summary>It is complete, or a repeated one has come a good way and goes on when it is run again: the state is that behind it.</summary>
    Done,

    /// <summary>It raised an exception, which is to be injected; the state is what the exception's handler is to find.</summary>
    Exception,

    /// <summary>It works on what the neutral state does not carry; nothing was executed.</summary>
    Refused,
}
