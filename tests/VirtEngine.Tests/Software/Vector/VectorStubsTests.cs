using Iced.Intel;
using VirtEngine.Hypervisors.Software.Vector;
using VirtEngine.Tests.Software.Native;
using Xunit.Abstractions;

namespace VirtEngine.Tests.Software.Vector;

public sealed class VectorStubsTests(ITestOutputHelper output)
{
    [Fact]
    public void Nothing_runs_that_the_profile_does_not_report()
    {
        foreach (Code code in (Code[])[Code.Aesenc_xmm_xmmm128, Code.Pclmulqdq_xmm_xmmm128_imm8, Code.Sha1msg1_xmm_xmmm128])
            Assert.False(StubForms.IsSupported(code));
        Assert.True(StubForms.IsSupported(Code.Pcmpistri_xmm_xmmm128_imm8));
    }

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
