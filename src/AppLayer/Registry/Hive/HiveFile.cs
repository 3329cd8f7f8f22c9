namespace AppLayer.Registry.Hive;

/// <summary>
/// Windows' registry hives in the regf format, versions 1.3 to 1.6, read and written whole (Maxim Suhanov, "Windows registry file format
/// specification"). Hives may come from anywhere: whatever they hold, reading ends with a tree or a <see cref="HiveException"/>, in time and memory
/// that their size bounds.
/// </summary>
public static class HiveFile
{
    /// <summary>Reads a hive as a tree. <see cref="HiveCursor"/> goes through one without making a tree, several times as fast.</summary>
    /// <param name="file">The file's bytes. The values' data and the security descriptors are parts of it, so it must not change afterwards.</param>
    /// <returns>
    /// The root, without its name. A descriptor that is the parent's too, or at the root the one that <see cref="Write"/> gives, is left empty.
    /// </returns>
    /// <exception cref="HiveException">
    /// It is no hive, it is damaged, or it is dirty (transaction logs are not applied).
    /// </exception>
    public static RegistryKey Read(ReadOnlyMemory<byte> file) => HiveReader.Read(file);

    /// <summary>
    /// Makes a hive. The same tree gives the same bytes: all times are the keys' own. The version is 1.6 if there are layers' marks, else 1.5.
    /// </summary>
    /// <param name="root">
    /// The root; in the hive it is called ROOT if it has no name. Without a security descriptor it gets one that lets the system and administrators
    /// do everything and users read. Other keys without one share their parent's.
    /// </param>
    /// <returns>The file's bytes.</returns>
    /// <exception cref="ArgumentException">A hive cannot hold the tree; the message names the key and what is wrong with it.</exception>
    public static ReadOnlyMemory<byte> ToBytes(RegistryKey root)
    {
        ArgumentNullException.ThrowIfNull(root);
        return new HiveWriter().Write(root);
    }

    /// <summary>Writes a hive as <see cref="ToBytes"/> makes it.</summary>
    /// <param name="root">The root.</param>
    /// <param name="destination">Where to. Nothing is written unless the whole hive can be.</param>
    /// <exception cref="ArgumentException">A hive cannot hold the tree.</exception>
    public static void Write(RegistryKey root, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        destination.Write(ToBytes(root).Span);
    }
}
