namespace AppLayer.Resolution;

/// <summary>What one party of a stack has: a layer's files, the base, the writable layer.</summary>
internal interface IFileSource
{
    /// <summary>What stands at a place; for Windows in any case, the exact one before others.</summary>
    /// <param name="directory">A directory of this source, spelled as it has it.</param>
    /// <param name="name">A name in it.</param>
    /// <returns>Null if nothing does.</returns>
    SourceFile? Find(string directory, string name);

    /// <summary>The names in a directory of this source, in no order.</summary>
    IEnumerable<string> NamesIn(string directory);

    /// <summary>Where something that it has lies below its directory on the disk.</summary>
    string PlaceOnDisk(string place) => place;
}
