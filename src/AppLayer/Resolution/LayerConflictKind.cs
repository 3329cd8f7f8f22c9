namespace AppLayer.Resolution;

/// <summary>How two layers disagree.</summary>
public enum LayerConflictKind
{
    /// <summary>Both have the file, and not with the same content.</summary>
    Content,

    /// <summary>One has a file or link where the other has something else.</summary>
    FileKind,

    /// <summary>The upper one deletes what the lower one has.</summary>
    Deleted,

    /// <summary>The upper one has made the directory anew and hides what the lower one has in it.</summary>
    Hidden,

    /// <summary>Names that Windows holds for one are spelled with other letters' case.</summary>
    LetterCase,

    /// <summary>Registry keys or values disagree.</summary>
    Registry,
}
