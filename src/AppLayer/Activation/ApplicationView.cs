using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using AppLayer.Applications;
using AppLayer.Mounting;
using AppLayer.Resolution;
using AppLayer.Store;
using VirtFoundation;
using VirtFoundation.Interop;
using VirtFoundation.Store;
using VirtSpecs;

namespace AppLayer.Activation;

/// <summary>What an application's programs see, mounted in this process's mount namespace.</summary>
/// <param name="application">The application.</param>
/// <param name="order">What they shall see.</param>
/// <param name="sources">Where its parts come from.</param>
/// <param name="kind">How this process got its namespace.</param>
[SupportedOSPlatform("linux")]
internal abstract class ApplicationView(ApplicationDirectory application, ViewOrder order, ViewSources sources, NamespaceKind kind)
{
    private ViewPlan? _plan;

    /// <summary>The application.</summary>
    private protected ApplicationDirectory Application => application;

    /// <summary>What its programs shall see.</summary>
    private protected ViewOrder Order => order;

    /// <summary>Where the view's parts come from.</summary>
    private protected ViewSources Sources => sources;

    /// <summary>How this process got its namespace.</summary>
    private protected NamespaceKind Kind => kind;

    /// <summary>Where the view begins, once it is mounted.</summary>
    private protected string Root => _plan?.Root ?? throw new InvalidOperationException("The view is not mounted.");

    /// <summary>What is not as a rule of the application has it, and why, once it is mounted.</summary>
    internal IReadOnlyList<string> Notes => _plan?.Notes ?? [];

    /// <summary>Mounts it and makes it ready for programs.</summary>
    /// <exception cref="VirtException">The system or the disk refuses.</exception>
    internal abstract void Open();

    /// <summary>Finds a program in the view.</summary>
    /// <exception cref="VirtException">It is not there.</exception>
    internal abstract ProgramCommand Resolve(ProgramStart program);

    /// <summary>Asks every program to end, in the way that its system has.</summary>
    internal abstract void AskToEnd(ProcessTree tree);

    /// <summary>Ends every program, in order as far as that can be had.</summary>
    internal abstract void MakeEnd(ProcessTree tree);

    /// <summary>Takes the mounts away, which keep the writable layer in use, after the last process ended.</summary>
    /// <exception cref="VirtException">The system refuses.</exception>
    internal void Close()
    {
        if (_plan is { } plan)
        {
            ViewMounts.Remove(plan);
        }
    }

    /// <summary>Mounts the stack.</summary>
    /// <param name="basePath">What is below the layers.</param>
    /// <param name="defaults">The rules that come before the application's own.</param>
    /// <param name="hostFolders">Directories of the host that stand for places which pass through.</param>
    private protected void Mount(string basePath, IReadOnlyList<IsolationRule> defaults, IReadOnlyDictionary<string, string> hostFolders)
    {
        RestrictedFiles.CreateDirectory(application.ViewPath);
        var baseFiles = new RememberedFiles(new LiveFiles(basePath, order.Platform)); // Each rule asks for the same places.
        var plan = ViewPlan.Create(new()
        {
            Platform = order.Platform,
            Base = basePath,
            BaseFiles = baseFiles,
            Layers = StackLayout.Compose(
                order.Platform, [.. order.Layers.Select(sources.Find)], baseFiles, application.LayoutPath, StoreOperations.Instance),
            Writable = order.Writable == WritablePolicy.Memory ? null : Directories(application.Writable),
            Data = Directories(application.Data),
            Defaults = defaults,
            Rules = order.Rules,
            HostFolders = hostFolders,
            BaseMounts = order.Platform == LayerPlatform.Linux ? MountInfo.Points() : [],
            IsUserNamespace = kind == NamespaceKind.User,
            Target = application.ViewPath,
        });
        ViewMounts.Apply(plan);
        _plan = plan;
    }

    /// <summary>Shows the processes of this PID namespace at a place.</summary>
    private protected static void MountProcesses(string target)
    {
        MountNamespace.RequireOwn();
        if (Libc.Mount("proc", target, "proc", Libc.MS_NOSUID | Libc.MS_NODEV | Libc.MS_NOEXEC, null) != 0)
        {
            throw MountNamespace.Failure($"The processes can't be shown at '{target}'", Marshal.GetLastPInvokeError());
        }
    }

    private protected static VirtException NotFound(string program) =>
        new(VirtErrorCode.ProgramNotFound, $"'{program}' is not in the application's view.");

    private static WritableDirectory Directories(WritableLayer layer)
    {
        layer.Create();
        return new(layer.Tree, layer.Work);
    }
}
