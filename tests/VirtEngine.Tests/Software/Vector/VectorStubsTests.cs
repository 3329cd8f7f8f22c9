using VirtEngine.Hypervisors.Software.Vector;
using VirtEngine.Tests.Software.Native;
using Xunit.Abstractions;

namespace VirtEngine.Tests.Software.Vector;

public sealed class VectorStubsTests(ITestOutputHelper output)
{
    [NativeFact]
    public void Stubs_leave_what_the_processor_leaves()
    {
        var codes = NativeOpcodes.All.Where(StubForms.IsSupported).ToList();
        var comparison = new NativeComparison(new StubsUnderTest(), codes);
        int cases = NativeComparison.CasesOr(100_000);
        comparison.Run(cases, seed: 1);
        output.WriteLine($"{cases} cases over {codes.Count} codes, {comparison.Trapped} of them exceptions.");
        comparison.Assert(leastPerCode: cases / codes.Count / 2);
    }
}
