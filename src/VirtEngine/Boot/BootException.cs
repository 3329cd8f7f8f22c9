namespace VirtEngine.Boot;

/// <summary>A sound kernel cannot be booted in this machine: something does not fit or is not offered.</summary>
public sealed class BootException : Exception
{
    internal BootException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
