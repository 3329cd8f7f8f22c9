namespace AppLayer.Resolution;

/// <summary>A layer for a view.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Directory">Its tree, ready to be mounted.</param>
/// <param name="Files">Its files.</param>
internal sealed record ViewLayer(string Name, string Directory, IFileSource Files);
