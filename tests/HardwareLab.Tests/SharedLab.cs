using HardwareLab;

namespace HardwareLabTests;

/// <summary>One lab for all tests that leave it alive.</summary>
public sealed class SharedLab : IAsyncLifetime
{
    private LabMachine? _lab;

    public LabMachine Lab => _lab ?? throw new InvalidOperationException("There is no lab.");

    public async Task InitializeAsync()
    {
        if (LabMachine.Unavailable is null) _lab = await LabMachine.BootAsync();
    }

    public async Task DisposeAsync()
    {
        if (_lab is null) return;
        // A warning of its kernel is a fault of ours until somebody has shown that it is not.
        var complaints = _lab.Complaints;
        string console = _lab.Console;
        await _lab.DisposeAsync();
        Assert.True(complaints.Count == 0, $"The lab's kernel complained: {string.Join("\n", complaints)}\n{console}");
    }
}
