using Iced.Intel;

namespace VirtEngine.Hypervisors.Software.Decoding;

/// <content>x87, MMX and SSE instructions.</content>
internal static unsafe partial class Translator
{
    private static Handler TranslateVector(in Instruction i, Op* op) => null;
}
