namespace VirtEngine.Hypervisors.Whp;

/// <summary>The Windows Hypervisor Platform: guest code runs on the processor itself, beside Hyper-V's own machines.</summary>
public sealed class WhpHypervisor : IHypervisor
{
    private const int Maximum = 8;

    /// <inheritdoc/>
    public string Name => "whp";

    /// <inheritdoc/>
    public HypervisorCapabilities Probe() => OperatingSystem.IsWindows()
        ? Judge(TryRead(out var host, out string? problem) ? host : null, problem)
        : new(false, "The Windows Hypervisor Platform is a part of Windows; this host has another system.", Maximum, Accelerated: true);

    /// <inheritdoc/>
    /// <exception cref="WhpException">There is no platform, or it lacks what is asked for.</exception>
    public IPartition CreatePartition(PartitionOptions options)
    {
        if (options.ProcessorCount is < 1 or > Maximum)
            throw new NotSupportedException($"The WHP backend runs 1 to {Maximum} processors, not {options.ProcessorCount}.");
        if (Probe() is { Usable: false } capabilities) throw new WhpException(capabilities.Reason);
        return new WhpPartition(options, WhpCapabilities.Read(), new WinHvPartition());
    }

    /// <summary>Whether a platform can run an operating system.</summary>
    /// <param name="host">What it can do, or null where it could not be asked.</param>
    /// <param name="problem">Then: why not.</param>
    internal static HypervisorCapabilities Judge(WhpCapabilities? host, string? problem)
    {
        if (host is null) return No(problem!);
        if (!host.HypervisorPresent)
            return No("Windows' hypervisor does not run, or does not let this user at it: switch on virtualization in the firmware, and the feature 'Windows Hypervisor Platform'.");
        var features = WhpCapabilities.NeededFeatures & ~host.Features;
        if (features != 0) return No($"This Windows is too old: its hypervisor platform lacks {features}.");
        var exits = WhpCapabilities.NeededExits & ~host.Exits;
        if (exits != 0) return No($"This Windows is too old: its hypervisor platform lacks {exits}.");
        try
        {
            WhpCpuid.Resolve(PortableProfile.Instance, host);
        }
        catch (WhpException e)
        {
            return No(e.Message);
        }
        return new(true, "The processor's own virtualization, by the Windows Hypervisor Platform. Not yet run on Windows: it is used where it is named.", Maximum, Accelerated: true);
    }

    private static HypervisorCapabilities No(string reason) => new(false, reason, Maximum, Accelerated: true);

    private static bool TryRead(out WhpCapabilities? host, out string? problem)
    {
        (host, problem) = (null, null);
        try
        {
            host = WhpCapabilities.Read();
            return true;
        }
        catch (DllNotFoundException)
        {
            problem = "The feature 'Windows Hypervisor Platform' is not installed: Enable-WindowsOptionalFeature -Online -FeatureName HypervisorPlatform.";
        }
        catch (EntryPointNotFoundException e)
        {
            problem = $"This Windows is too old for its hypervisor platform to be used: {e.Message}";
        }
        catch (WhpException e)
        {
            problem = $"This Windows' hypervisor platform cannot be asked: {e.Message}";
        }
        return false;
    }
}
