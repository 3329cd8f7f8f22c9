namespace VirtEngine.Networks;

/// <summary>Something that carries frames in both directions: a connection to a switch, a TAP interface. One thread reads, one writes.</summary>
internal interface IFrameLink : IDisposable
{
    /// <summary>Waits for frames and takes them as a stream of <see cref="FrameBatch"/>'s form, which may be cut anywhere.</summary>
    /// <returns>Bytes taken; 0 when the link is at its end.</returns>
    int Receive(Span<byte> buffer);

    /// <summary>Sends whole frames of a <see cref="FrameBatch"/>. Waits for a second at most.</summary>
    /// <returns>False if the link is at its end.</returns>
    bool TrySend(ReadOnlySpan<byte> frames);

    /// <summary>Ends the link: whoever waits in it returns. It is disposed of when nobody uses it any more.</summary>
    void Close();
}
