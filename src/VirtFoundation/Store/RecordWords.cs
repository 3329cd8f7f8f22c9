namespace VirtFoundation.Store;

/// <summary>How errors speak of what a store keeps.</summary>
/// <param name="Noun">What one of them is called, such as <c>machine</c>.</param>
/// <param name="NotFound">There is none with a name or identity.</param>
/// <param name="NameInUse">Another one has the name.</param>
/// <param name="Running">A worker runs it.</param>
internal sealed record RecordWords(string Noun, VirtErrorCode NotFound, VirtErrorCode NameInUse, VirtErrorCode Running);
