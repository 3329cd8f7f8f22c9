using HardwareLab;

namespace HardwareLabTests;

/// <summary>A lab whose clock counts instructions.</summary>
public sealed class InstructionClockTests
{
    [LabFact(nightly: true)]
    public async Task What_it_measures_is_the_same_again()
    {
        await using var lab = await LabMachine.BootAsync(new LabOptions { ClockOfInstructions = true, Patience = TimeSpan.FromMinutes(5) });
        var first = await RoundTrip.MeasurePeerAsync(lab, batches: 5, exits: 1000);
        var second = await RoundTrip.MeasurePeerAsync(lab, batches: 5, exits: 1000);
        foreach (var (one, other) in first.Zip(second))
        {
            Assert.InRange(one.Median, 500, 20_000);
            Assert.InRange(other.Median / one.Median, 0.99, 1.01);
        }
    }
}
