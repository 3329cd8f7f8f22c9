using System.Runtime.InteropServices;

namespace AppLayer.Activation;

/// <summary>Texts as C has them: an array of pointers to UTF-8 with a null at its end.</summary>
internal sealed unsafe class SpawnList : IDisposable
{
    private readonly int _count;

    internal SpawnList(IReadOnlyCollection<string> texts)
    {
        Pointer = (byte**)NativeMemory.AllocZeroed((nuint)texts.Count + 1, (nuint)sizeof(byte*));
        foreach (var text in texts)
        {
            Pointer[_count++] = (byte*)Marshal.StringToCoTaskMemUTF8(text);
        }
    }

    internal byte** Pointer { get; }

    public void Dispose()
    {
        for (var i = 0; i < _count; i++)
        {
            Marshal.FreeCoTaskMem((nint)Pointer[i]);
        }

        NativeMemory.Free(Pointer);
    }
}
