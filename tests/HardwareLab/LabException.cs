namespace HardwareLab;

/// <summary>The lab cannot be had, or has died; the message says why and shows the end of its console.</summary>
public sealed class LabException : Exception
{
    internal LabException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
