namespace VirtEngine.Images;

/// <summary>Takes the entries of a guest's files, each directory before what is in it.</summary>
internal interface ITreeWriter
{
    /// <param name="path">Path without a leading slash.</param>
    /// <param name="mode">Permission bits.</param>
    void AddDirectory(string path, int mode);

    /// <param name="path">Path without a leading slash.</param>
    /// <param name="mode">Permission bits.</param>
    /// <param name="content">Its bytes.</param>
    void AddFile(string path, int mode, ReadOnlySpan<byte> content);

    /// <param name="path">Path without a leading slash.</param>
    /// <param name="target">What it points to.</param>
    void AddLink(string path, string target);

    /// <param name="path">Path without a leading slash.</param>
    /// <param name="mode">Permission bits.</param>
    /// <param name="major">The device's major number.</param>
    /// <param name="minor">And its minor one.</param>
    void AddCharacterDevice(string path, int mode, uint major, uint minor);
}
