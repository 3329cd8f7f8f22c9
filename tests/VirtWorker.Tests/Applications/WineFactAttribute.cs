using AppLayer.Activation;

namespace VirtWorker.Tests.Applications;

/// <summary>A test with Windows programs; skipped, with the reason, where Wine is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WineFactAttribute : FactAttribute
{
    private string? _tool;
    private bool _isNightly;

    public WineFactAttribute()
    {
        try
        {
            WineInstallation.Find();
        }
        catch (VirtFoundation.VirtException e)
        {
            Skip = e.Message;
        }
    }

    /// <summary>Skips where the tests do not run in the nightly form.</summary>
    public bool Nightly
    {
        get => _isNightly;
        set
        {
            _isNightly = value;
            if (value && Environment.GetEnvironmentVariable("VIRTTOOLS_NIGHTLY") != "1")
            {
                Skip ??= "Runs in the nightly form: VIRTTOOLS_NIGHTLY=1.";
            }
        }
    }

    /// <summary>Another program that it needs.</summary>
    public string? Tool
    {
        get => _tool;
        set
        {
            _tool = value;
            var path = Environment.GetEnvironmentVariable("PATH") ?? "";
            if (!path.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, value!))))
            {
                Skip ??= $"It needs {value}, which is not installed.";
            }
        }
    }
}
