namespace AppLayer.Footprint;

/// <summary>Goes through a place, each directory before what is in it and names in the order of their bytes.</summary>
internal interface IDirectoryWalk
{
    /// <summary>Goes through the place. What vanishes meanwhile is passed over; what may not be read is told without its content.</summary>
    /// <exception cref="IOException">The system fails in another way.</exception>
    void Run(FootprintPlace place, DigestRule digests, Action<ObservedFile> visit, CancellationToken cancellation);
}
