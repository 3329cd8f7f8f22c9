namespace HardwareLab;

/// <summary>A case failed in the lab; the message is the exception there.</summary>
public sealed class CaseFailedException : Exception
{
    internal CaseFailedException(string message) : base(message)
    {
    }
}
