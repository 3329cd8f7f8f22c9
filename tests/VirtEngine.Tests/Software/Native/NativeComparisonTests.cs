using Iced.Intel;
using VirtEngine.Hypervisors.Software.Vector;
using Xunit.Abstractions;

namespace VirtEngine.Tests.Software.Native;

/// <summary>The software processor beside the real one.</summary>
public sealed class NativeComparisonTests(ITestOutputHelper output)
{
    [NativeFact]
    public void Integer_instructions_leave_what_the_processor_leaves() => Compare(code => !IsVector(code), 150_000, seed: 2);

    [NativeFact]
    public void Vector_instructions_leave_what_the_processor_leaves() => Compare(IsVector, 100_000, seed: 3);

    private void Compare(Predicate<Code> group, int usualCases, ulong seed)
    {
        var codes = NativeOpcodes.All.Where(code => group(code)).ToList();
        using var cpu = new CpuUnderTest();
        var comparison = new NativeComparison(cpu, codes);
        int cases = NativeComparison.CasesOr(usualCases);
        comparison.Run(cases, seed);
        output.WriteLine($"{cases} cases over {codes.Count} codes, {comparison.Trapped} of them exceptions.");
        comparison.Assert(leastPerCode: cases / codes.Count / 2);
    }

    private static bool IsVector(Code code) => StubForms.IsSupported(code) || code.CpuidFeatures().Any(feature => feature
        is CpuidFeature.FPU or CpuidFeature.FPU287 or CpuidFeature.FPU387 or CpuidFeature.MMX or CpuidFeature.SSE or CpuidFeature.SSE2
        or CpuidFeature.FXSR);
}
