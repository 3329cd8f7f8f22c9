using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VirtEngine.Hypervisors.Emulation;
using VirtEngine.Hypervisors.Whp;
using VirtEngine.Hypervisors.Whp.Interop;
using VirtTools.Tests;

namespace VirtEngine.Tests.Whp;

/// <summary>Structures, bit fields, numbers and functions are those of mingw-w64's headers: a C++ program that the host's compiler makes tells them.</summary>
public sealed class WhpLayoutTests : IDisposable
{
    // Windows' base types and the compiler's extensions that the two headers use.
    private const string BaseTypes =
        """
        #include <stdint.h>
        #include <stddef.h>
        #include <stdio.h>
        typedef void VOID, *PVOID, *HANDLE;
        typedef int32_t HRESULT, WINBOOL;
        typedef uint8_t UINT8;
        typedef uint16_t UINT16, USHORT, WCHAR;
        typedef uint32_t UINT32;
        typedef uint64_t UINT64;
        typedef struct { uint32_t Low; int32_t High; } LUID;
        typedef struct { uint32_t Data[4]; } GUID;
        typedef int DEVICE_POWER_STATE;
        #define WINAPI
        #define ANYSIZE_ARRAY 1
        #define DECLSPEC_ALIGN(n) alignas(n)
        #define __C89_NAMELESS __extension__
        #define C_ASSERT(e) static_assert(e, #e)
        #define DEFINE_ENUM_FLAG_OPERATORS(e)
        #define WINAPI_FAMILY_PARTITION(p) 1
        """;

    private static readonly (Type Ours, string Native)[] Structures =
    [
        .. typeof(WinHvPlatform).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(WinHvPlatform).Namespace && type is { IsValueType: true, IsEnum: false, IsNested: false })
            .Select(type => (type, type.Name)),
    ];

    private static readonly Type[] Enumerations =
    [
        .. typeof(WinHvPlatform).Assembly.GetTypes().Where(type => type.Namespace == typeof(WinHvPlatform).Namespace && type.IsEnum),
    ];

    // Fields of ours that stand for a union or several bit fields of the header's, by what they begin with.
    private static readonly Dictionary<string, string> Renamed = new(StringComparer.Ordinal)
    {
        ["WHV_INTERRUPT_CONTROL.Control"] = "", ["WHV_VP_EXIT_CONTEXT.LengthAndCr8"] = "", ["WHV_REGISTER_VALUE.High64"] = "Reg128.High64",
    };

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [MingwFact]
    public void Layouts_and_numbers_are_those_of_the_headers()
    {
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (ours, native) in Structures)
        {
            expected[$"sizeof({native})"] = Number(SizeOf(ours));
            foreach (var field in ours.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
            {
                string name = Renamed.GetValueOrDefault($"{native}.{field.Name}", field.Name);
                if (name.Length > 0) expected[$"offsetof({native}, {name})"] = Number((long)Marshal.OffsetOf(ours, field.Name));
            }
        }
        foreach (var enumeration in Enumerations.Where(type => type.GetCustomAttribute<FlagsAttribute>() is null || Enum.GetUnderlyingType(type) == typeof(uint)))
        {
            expected[$"sizeof({enumeration.Name})"] = Number(4);
            foreach (object value in Enum.GetValues(enumeration)) expected[$"(long)(uint32_t){value}"] = Number(Convert.ToInt64(value, CultureInfo.InvariantCulture));
        }
        Assert.Equal([], expected.Except(Ask(expected.Keys.Select(one => (one, $"(long)({one})")))).Select(one => $"{one.Key} is not {one.Value}"));
    }

    [MingwFact]
    public void Bit_fields_are_where_the_header_has_them()
    {
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var flags in Enumerations.Where(type => type.GetCustomAttribute<FlagsAttribute>() is not null && Enum.GetUnderlyingType(type) == typeof(ulong)))
            foreach (object value in Enum.GetValues(flags)) expected[Bits(flags.Name, $"{value} = 1")] = Number(Convert.ToInt64(value, CultureInfo.InvariantCulture));

        var io = new WHV_X64_IO_PORT_ACCESS_CONTEXT { AccessInfo = uint.MaxValue };
        Assert.Equal((true, 7, true), (io.IsWrite, io.AccessSize, io.IsString));
        expected[Bits("WHV_X64_IO_PORT_ACCESS_INFO", "IsWrite = 1")] = "1";
        expected[Bits("WHV_X64_IO_PORT_ACCESS_INFO", "AccessSize = 7")] = Number(7 << 1);
        expected[Bits("WHV_X64_IO_PORT_ACCESS_INFO", "StringOp = 1")] = Number(1 << 4);
        expected[Bits("WHV_X64_IO_PORT_ACCESS_INFO", "RepPrefix = 1")] = Number(1 << 5);
        expected[Bits("WHV_MEMORY_ACCESS_INFO", "AccessType = 3")] = "3";
        expected[Bits("WHV_X64_MSR_ACCESS_INFO", "IsWrite = 1")] = "1";
        expected[Bits("WHV_X64_VP_EXECUTION_STATE", "InterruptionPending = 1")] = Number(1 << 6);
        expected[Bits("WHV_X64_VP_EXECUTION_STATE", "InterruptShadow = 1")] = Number(1 << 12);
        Assert.True(new WHV_VP_EXIT_CONTEXT { ExecutionState = 1 << 6 }.InterruptionPending && new WHV_VP_EXIT_CONTEXT { ExecutionState = 1 << 12 }.InterruptShadow);
        expected[Bits("WHV_INTERNAL_ACTIVITY_REGISTER", "StartupSuspend = 1")] = Number((long)WhpEvents.StartupSuspend);
        expected[Bits("WHV_INTERNAL_ACTIVITY_REGISTER", "HaltSuspend = 1")] = Number((long)WhpEvents.HaltSuspend);
        expected[Bits("WHV_X64_INTERRUPT_STATE_REGISTER", "InterruptShadow = 1")] = Number((long)WhpEvents.InterruptShadow);
        expected[Bits("WHV_X64_INTERRUPT_STATE_REGISTER", "NmiMasked = 1")] = Number((long)WhpEvents.NmiMasked);
        expected[Bits("WHV_X64_DELIVERABILITY_NOTIFICATIONS_REGISTER", "InterruptNotification = 1")] = Number((long)WhpEvents.InterruptNotification);

        const ulong pendingInterruption = 0x1234_5678_00D3_0000 | 1 | 3 << 1 | 1 << 4;
        expected[Bits("WHV_X64_PENDING_INTERRUPTION_REGISTER",
            "InterruptionPending = 1; v.InterruptionType = 3; v.DeliverErrorCode = 1; v.InterruptionVector = 0xD3; v.ErrorCode = 0x12345678")] = Number((long)pendingInterruption);
        Assert.True(WhpEvents.TryReadInterruption(pendingInterruption, out var type, out byte vector));
        Assert.Equal((WHV_X64_PENDING_INTERRUPTION_TYPE.WHvX64PendingException, 0xD3), (type, vector));

        var fault = WhpEvents.Exception(new EmulationResult(EmulationOutcome.Exception, 14, true, 6, 0x1234_5678_9ABC));
        expected[Low("WHV_X64_PENDING_EXCEPTION_EVENT",
            "EventPending = 1; v.EventType = WHvX64PendingEventException; v.DeliverErrorCode = 1; v.Vector = 14; v.ErrorCode = 6; v.ExceptionParameter = 0x123456789ABC")]
            = Number((long)fault.Reg64);
        expected["offsetof(WHV_X64_PENDING_EXCEPTION_EVENT, ExceptionParameter)"] = Number(8);
        Assert.Equal(0x1234_5678_9ABCul, fault.High64);
        var external = WhpEvents.ExternalInterrupt(0x38);
        expected[Low("WHV_X64_PENDING_EXT_INT_EVENT", "EventPending = 1; v.EventType = WHvX64PendingEventExtInt; v.Vector = 0x38")] = Number((long)external.Reg64);
        Assert.True(WhpEvents.TryReadExternalInterrupt(external.Reg64, out vector) && vector == 0x38);

        Assert.True(WhpEvents.TryDecodeMessage(0xFEE0_3004, 0x8000 | 1 << 8 | 0x71, out var message));
        expected[Control("Type = WHvX64InterruptTypeLowestPriority; v.DestinationMode = WHvX64InterruptDestinationModeLogical; v.TriggerMode = WHvX64InterruptTriggerModeLevel")]
            = Number((long)message.Control);
        Assert.Equal((3u, 0x71u), (message.Destination, message.Vector));
        expected[Control("Type = WHvX64InterruptTypeNmi")] = Number((long)WhpEvents.Nmi(1).Control);
        Assert.True(WhpEvents.TryDecodeMessage(0xFEE0_1000, 5 << 8, out message));
        expected[Control("Type = WHvX64InterruptTypeInit")] = Number((long)message.Control);
        Assert.True(WhpEvents.TryDecodeMessage(0xFEE0_1000, 6 << 8 | 8, out message));
        expected[Control("Type = WHvX64InterruptTypeSipi")] = Number((long)message.Control);

        Assert.Equal([], expected.Except(Ask(expected.Keys.Select(one => (one, one)))).Select(one => $"{one.Key} is not {one.Value}"));
    }

    [MingwFact]
    public void Functions_take_what_the_header_says()
    {
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var function in typeof(WinHvPlatform).GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(method => method.Name.StartsWith("WHv", StringComparison.Ordinal)))
            expected[$"sizes((decltype(&{function.Name}))0)"] = $"4{string.Concat(function.GetParameters().Select(one => $" {SizeOfParameter(one.ParameterType)}"))}";
        Assert.True(expected.Count > 15);
        Assert.Equal([], expected.Except(Ask(expected.Keys.Select(one => (one, one)))).Select(one => $"{one.Key} is not {one.Value}"));
    }

    private static string Bits(string type, string set) => $"({{ {type} v = {{}}; v.{set}; (long)*(uint{(type.EndsWith("EXECUTION_STATE", StringComparison.Ordinal) ? 16 : IsWide(type) ? 64 : 32)}_t*)&v; }})";

    private static string Low(string type, string set) => $"({{ {type} v = {{}}; v.{set}; (long)*(uint64_t*)&v; }})";

    private static string Control(string set) => Low("WHV_INTERRUPT_CONTROL", set);

    private static bool IsWide(string type) => !type.EndsWith("_ACCESS_INFO", StringComparison.Ordinal);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static int SizeOf(Type type) => (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    // The first parameter is the handle; what is passed by reference is a pointer.
    private static int SizeOfParameter(Type type) =>
        type.IsPointer || type.IsByRef || type == typeof(nint) || type == typeof(WinHvPartitionHandle) ? 8 : SizeOf(type.IsEnum ? Enum.GetUnderlyingType(type) : type);

    private SortedDictionary<string, string> Ask(IEnumerable<(string Key, string Expression)> questions)
    {
        File.WriteAllText(_directory["minwindef.h"], BaseTypes);
        foreach (var empty in (string[])["apiset.h", "apisetcconv.h", "winapifamily.h"]) File.WriteAllText(_directory[empty], "");
        foreach (var header in (string[])["winhvplatform.h", "winhvplatformdefs.h"]) File.Copy(Path.Combine(MingwFactAttribute.Headers, header), _directory[header], overwrite: true);
        var source = _directory["layout.cpp"];
        var asked = questions.ToArray();
        File.WriteAllText(source,
            $$"""
            #include "winhvplatform.h"
            #include <string>
            template<class R, class... A> std::string sizes(R (*)(A...)) {
              std::string text = std::to_string(sizeof(R));
              size_t all[] = { sizeof(A)... };
              for (size_t one : all) text += " " + std::to_string(one);
              return text;
            }
            void show(long value) { printf("%ld\n", value); }
            void show(const std::string& value) { printf("%s\n", value.c_str()); }
            int main() {
            {{string.Join('\n', asked.Select(one => $"  show({one.Expression});"))}}
            }
            """);
        Run("g++", "-w", "-fpermissive", "-mms-bitfields", $"-I{_directory.Path}", "-o", _directory["layout"], source);
        var lines = Run(_directory["layout"]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(asked.Length, lines.Length);
        return new(asked.Zip(lines, (one, line) => (one.Key, line)).ToDictionary(one => one.Key, one => one.line), StringComparer.Ordinal);
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output;
    }
}
