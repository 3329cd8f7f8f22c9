using Iced.Intel;
using VirtEngine.Hypervisors;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Conformance.Guests;

/// <summary>What tests expect of a <see cref="TinyGuest"/>, which is the benchmarks' too.</summary>
internal static class TinyGuestAssertions
{
    /// <summary>Runs code in 64-bit mode, which must come to its end.</summary>
    internal static void RunToEnd(this TinyGuest guest, Action<Assembler> code)
    {
        guest.Load(64, a =>
        {
            code(a);
            a.@out(0xF4, al);
            a.hlt();
        });
        guest.EnterLongMode();
        var exit = guest.Run();
        Assert.True(exit.Reason == ExitReason.Canceled, $"{exit.Reason}: {exit.Detail}");
    }
}
