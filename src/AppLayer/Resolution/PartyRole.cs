namespace AppLayer.Resolution;

/// <summary>What a party has to do with a path.</summary>
public enum PartyRole
{
    /// <summary>It is the one whose file, link or directory is seen.</summary>
    Gives,

    /// <summary>It has the directory too, and what it has in it is seen where no party above says otherwise.</summary>
    Adds,

    /// <summary>It deletes it: a whiteout at the path or on the way to it.</summary>
    Deletes,

    /// <summary>It has something else on the way, a file or a directory made anew, and so hides what is below.</summary>
    Blocks,

    /// <summary>It has it, but a party above hides it.</summary>
    Hidden,

    /// <summary>A rule keeps it out of this place.</summary>
    LeftOut,

    /// <summary>It has nothing there.</summary>
    Absent,
}
