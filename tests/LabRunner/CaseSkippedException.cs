namespace LabRunner;

/// <summary>A case cannot run on this processor; the message says why.</summary>
public sealed class CaseSkippedException : Exception
{
    public CaseSkippedException()
    {
    }

    public CaseSkippedException(string message) : base(message)
    {
    }

    public CaseSkippedException(string message, Exception inner) : base(message, inner)
    {
    }
}
