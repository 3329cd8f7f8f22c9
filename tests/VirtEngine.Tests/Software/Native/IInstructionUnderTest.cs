using Iced.Intel;

namespace VirtEngine.Tests.Software.Native;

/// <summary>What is compared with the processor.</summary>
internal interface IInstructionUnderTest
{
    /// <summary>
    /// Executes the case's instruction as 64-bit user code with flat segments, the data page and the code page mapped at their own
    /// addresses, and writes everything the result holds except <see cref="NativeResult.Signal"/>.
    /// </summary>
    void Run(in Instruction instruction, in NativeCase input, ref NativeResult output);
}
