using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using VirtEngine.Boot;
using VirtFoundation.Store;

namespace VirtEngine.Images;

/// <summary>
/// The guests of one root, each in a directory named by its digest: <c>images/&lt;digest&gt;/{kernel,initrd,image.json}</c>. An image never
/// changes. It appears by one rename when all of it is on the disk; what a killed command left is removed by the next one that writes.
/// </summary>
public sealed class ImageStore
{
    private const string Temporary = ".tmp-";
    private const int MaximumRecord = 1 << 20;
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(30);

    private readonly string _directory;
    private readonly IFileOperations _files;

    /// <summary>Opens the store below a root; nothing is created yet.</summary>
    /// <param name="root">The root that holds <c>images/</c>.</param>
    public ImageStore(string root) : this(root, FileOperations.Instance)
    {
    }

    internal ImageStore(string root, IFileOperations files)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        _directory = Path.Combine(Path.GetFullPath(root), "images");
        _files = files;
    }

    /// <summary>Puts a kernel and an initial RAM disk into the store, or finds that they are there already.</summary>
    /// <param name="content">What to put in.</param>
    /// <param name="cancellation">Stops before the image appears.</param>
    /// <returns>The image; the one that was there if the content is the same.</returns>
    /// <exception cref="KernelFormatException">The kernel is none, or damaged.</exception>
    /// <exception cref="ElfException">The kernel is an ELF file, but no kernel, or damaged.</exception>
    /// <exception cref="ImageStoreException">The name is not allowed, or the store is in use.</exception>
    /// <exception cref="IOException">A file cannot be read or written, or the disk is full. The store is as it was.</exception>
    public ImageRecord Install(ImageContent content, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        CheckName(content.Name);
        var description = LinuxLoader.Describe(content.Kernel);
        using var exclusive = Lock();
        string work = Path.Combine(_directory, Temporary + Guid.NewGuid().ToString("N"));
        _files.CreateDirectory(work);
        try
        {
            var (kernelDigest, kernelSize) = Copy(content.Kernel, Path.Combine(work, "kernel"), cancellation);
            string? initrdDigest = null;
            long initrdSize = 0;
            if (content.Initrd is not null) (initrdDigest, initrdSize) = Copy(content.Initrd, Path.Combine(work, "initrd"), cancellation);
            string digest = DigestOf(kernelDigest, initrdDigest, content.CommandLine);
            string target = Path.Combine(_directory, digest);
            if (Directory.Exists(target))
            {
                _files.DeleteDirectory(work);
                return Read(digest);
            }

            var sources = content.Sources;
            if (sources.Count == 0)
            {
                sources = [new ImageSource(Path.GetFullPath(content.Kernel), "", kernelDigest)];
                if (initrdDigest is not null) sources = [.. sources, new ImageSource(Path.GetFullPath(content.Initrd!), "", initrdDigest)];
            }
            var record = new ImageRecord
            {
                FormatVersion = ImageRecord.CurrentFormatVersion,
                Digest = digest,
                Name = content.Name,
                KernelVersion = description.Version,
                KernelSha256 = kernelDigest,
                InitrdSha256 = initrdDigest,
                CommandLine = content.CommandLine,
                Sources = sources,
                Size = kernelSize + initrdSize,
                Created = DateTime.UtcNow,
            };
            using (var file = _files.Create(Path.Combine(work, "image.json")))
            {
                _files.Write(file, JsonSerializer.SerializeToUtf8Bytes(record, ImageJson.Default.ImageRecord));
                _files.Flush(file);
            }
            _files.FlushDirectory(work);
            cancellation.ThrowIfCancellationRequested();
            _files.RenameDirectory(work, target);
            _files.FlushDirectory(_directory);
            return WithPaths(record);
        }
        catch
        {
            if (Directory.Exists(work)) TryDelete(work);
            throw;
        }
    }

    /// <summary>Lists what is in the store.</summary>
    public ImageList List()
    {
        var images = new List<ImageRecord>();
        var problems = new List<ImageProblem>();
        if (!Directory.Exists(_directory)) return new ImageList(images, problems);
        foreach (string path in Directory.GetDirectories(_directory))
        {
            string digest = Path.GetFileName(path);
            if (!IsDigest(digest)) continue;
            try
            {
                images.Add(Read(digest));
            }
            catch (ImageStoreException e)
            {
                if (Directory.Exists(path)) problems.Add(new ImageProblem(digest, e.Message)); // else it was removed meanwhile
            }
        }
        return new ImageList([.. images.OrderBy(image => image.Name, StringComparer.Ordinal).ThenByDescending(image => image.Created)], problems);
    }

    /// <summary>Finds an image by its name (the newest of that name), its digest, or at least eight characters that a digest begins with.</summary>
    /// <exception cref="ImageStoreException">There is none, or the characters begin several digests.</exception>
    public ImageRecord Find(string nameOrDigest)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrDigest);
        var images = List().Images;
        var named = images.FirstOrDefault(image => image.Name == nameOrDigest);
        if (named is not null) return named;
        var matches = nameOrDigest.Length >= 8 ? images.Where(image => image.Digest.StartsWith(nameOrDigest, StringComparison.OrdinalIgnoreCase)).ToArray() : [];
        if (matches.Length == 1) return matches[0];
        throw new ImageStoreException(matches.Length > 1
            ? $"'{nameOrDigest}' begins the digests of {matches.Length} images."
            : $"There is no image '{nameOrDigest}'. Images: {(images.Count == 0 ? "none" : string.Join(", ", images.Select(image => image.Name).Distinct()))}.");
    }

    /// <summary>Removes an image, damaged or not.</summary>
    /// <param name="digest">Its whole digest.</param>
    /// <param name="isInUse">Says whether a machine uses it; asked while nothing else can change the store.</param>
    /// <exception cref="ImageStoreException">There is none of that digest, or it is in use.</exception>
    public void Remove(string digest, Func<string, bool> isInUse)
    {
        ArgumentNullException.ThrowIfNull(digest);
        ArgumentNullException.ThrowIfNull(isInUse);
        string path = Path.Combine(_directory, digest);
        if (!IsDigest(digest) || !Directory.Exists(path)) throw new ImageStoreException($"There is no image with the digest '{digest}'.");
        using var exclusive = Lock();
        if (isInUse(digest)) throw new ImageStoreException($"Image {digest[..12]} is in use by a machine.");
        if (!Directory.Exists(path)) return; // another command removed it while this one waited
        string work = Path.Combine(_directory, Temporary + Guid.NewGuid().ToString("N"));
        _files.RenameDirectory(path, work);
        _files.FlushDirectory(_directory);
        _files.DeleteDirectory(work);
    }

    /// <summary>Reads an image's files again and compares them with its digests.</summary>
    /// <param name="digest">Its whole digest.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <returns>What is wrong; nothing if the image is sound.</returns>
    /// <exception cref="ImageStoreException">There is none of that digest.</exception>
    public IReadOnlyList<string> Test(string digest, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(digest);
        if (!IsDigest(digest) || !Directory.Exists(Path.Combine(_directory, digest))) throw new ImageStoreException($"There is no image with the digest '{digest}'.");
        ImageRecord record;
        try
        {
            record = Read(digest);
        }
        catch (ImageStoreException e)
        {
            return [e.Message];
        }
        var problems = new List<string>();
        Compare("kernel", record.KernelPath, record.KernelSha256);
        if (record.InitrdPath is not null) Compare("initrd", record.InitrdPath, record.InitrdSha256!);
        if (DigestOf(record.KernelSha256, record.InitrdSha256, record.CommandLine) != digest) problems.Add("image.json does not fit the image's digest");
        return problems;

        void Compare(string name, string path, string expected)
        {
            if (!File.Exists(path))
            {
                problems.Add($"{name} is missing");
                return;
            }
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var file = File.OpenRead(path);
            var buffer = new byte[1 << 20];
            for (int count; (count = file.Read(buffer)) > 0;)
            {
                cancellation.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, count);
            }
            string actual = Convert.ToHexStringLower(hash.GetHashAndReset());
            if (actual != expected) problems.Add($"{name} has SHA-256 {actual}, not {expected}");
        }
    }

    /// <summary>The digest of an image: over its parts, each on a line with its name.</summary>
    internal static string DigestOf(string kernel, string? initrd, string commandLine) => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes($"virttools image 1\nkernel {kernel}\ninitrd {initrd ?? "none"}\ncommandLine {commandLine}\n")));

    private ImageRecord Read(string digest)
    {
        string path = Path.Combine(_directory, digest, "image.json");
        ImageRecord record;
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > MaximumRecord) throw new ImageStoreException($"'{path}' has {file.Length} bytes; at most {MaximumRecord} are accepted.");
            using var document = JsonDocument.Parse(file);
            if (!document.RootElement.TryGetProperty("formatVersion", out var version) || !version.TryGetInt32(out int number))
                throw new ImageStoreException($"'{path}' has no formatVersion.");
            if (number > ImageRecord.CurrentFormatVersion)
                throw new ImageStoreException($"'{path}' is of format {number}; this version reads up to {ImageRecord.CurrentFormatVersion}. Use a newer VirtTools.");
            record = document.RootElement.Deserialize(ImageJson.Default.ImageRecord) ?? throw new ImageStoreException($"'{path}' is empty.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new ImageStoreException($"'{path}' cannot be read: {e.Message}", e);
        }
        if (record.Digest != digest) throw new ImageStoreException($"'{path}' speaks of another image, {record.Digest}.");
        return WithPaths(record);
    }

    private ImageRecord WithPaths(ImageRecord record) => record with
    {
        KernelPath = Path.Combine(_directory, record.Digest, "kernel"),
        InitrdPath = record.InitrdSha256 is null ? null : Path.Combine(_directory, record.Digest, "initrd"),
    };

    private (string Digest, long Size) Copy(string from, string to, CancellationToken cancellation)
    {
        using var source = File.OpenRead(from);
        using var target = _files.Create(to);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        long size = 0;
        for (int count; (count = source.Read(buffer)) > 0; size += count)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, count);
            _files.Write(target, buffer.AsSpan(0, count));
        }
        _files.Flush(target);
        return (Convert.ToHexStringLower(hash.GetHashAndReset()), size);
    }

    /// <summary>Keeps other commands out, and removes what dead ones left: with the lock held, no temporary directory has an owner.</summary>
    private FileStream Lock()
    {
        if (!Directory.Exists(_directory))
        {
            _files.CreateDirectory(_directory);
            _files.FlushDirectory(Path.GetDirectoryName(_directory)!);
        }
        string path = Path.Combine(_directory, ".lock");
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var waited = Stopwatch.StartNew();
        FileStream? exclusive = null;
        while (exclusive is null)
        {
            try
            {
                exclusive = new FileStream(path, options);
            }
            catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
            {
                // The systems share no way to wait for a file lock with a limit, and a change takes a second at most.
                if (waited.Elapsed > LockTimeout) throw new ImageStoreException($"Another command has been changing '{_directory}' for {LockTimeout.TotalSeconds:0} s.", e);
                Thread.Sleep(25);
            }
        }
        try
        {
            foreach (string left in Directory.GetDirectories(_directory, Temporary + "*")) _files.DeleteDirectory(left);
            return exclusive;
        }
        catch
        {
            exclusive.Dispose();
            throw;
        }
    }

    // The error that led here is the one to report; the next command tries again.
    private void TryDelete(string path)
    {
        try
        {
            _files.DeleteDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static void CheckName(string name)
    {
        bool allowed = name.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(name[0]) && !IsDigest(name);
        foreach (char c in name) allowed &= char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_';
        if (!allowed) throw new ImageStoreException($"'{name}' cannot name an image: up to 64 letters, digits, dots, dashes and underscores, the first a letter or digit.");
    }

    private static bool IsDigest(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);
}
