using Iced.Intel;

namespace VirtEngine.Tests.Software.Native;

/// <summary>Runs generated cases on the processor and on the implementation under test, and collects where they differ.</summary>
internal sealed unsafe class NativeComparison(IInstructionUnderTest underTest, IReadOnlyList<Code> codes)
{
    /// <summary>The environment's word for how many cases to run.</summary>
    internal const string CasesVariable = "VIRTTOOLS_NATIVE_CASES";

    private const int MaxReports = 25, MaxReportsOfOneCode = 2, MaxEncodingAttempts = 64;

    private readonly Dictionary<Code, int> _differing = [];

    /// <summary>Cases compared, by code.</summary>
    internal Dictionary<Code, int> Compared { get; } = [];

    /// <summary>Cases that raised an exception on the processor.</summary>
    internal int Trapped { get; private set; }

    /// <summary>Cases that differed.</summary>
    internal int Differed => _differing.Values.Sum();

    /// <summary>What differed, with everything needed to try it again.</summary>
    internal List<string> Reports { get; } = [];

    /// <summary>How many cases a test runs: what the environment says, or else <paramref name="usual"/>.</summary>
    internal static int CasesOr(int usual) => int.TryParse(Environment.GetEnvironmentVariable(CasesVariable), out int cases)
        ? cases : usual;

    internal void Run(int cases, ulong seed)
    {
        using var runner = NativeRunner.Start();
        var generator = new CaseGenerator { UsesFs = NativeRunner.CanSetFsBase };
        var instructions = new Instruction[NativeRunner.Capacity];
        var seeds = new ulong[NativeRunner.Capacity];
        var actual = new NativeResult[1];
        for (int done = 0; done < cases;)
        {
            int batch = Math.Min(NativeRunner.Capacity, cases - done);
            for (int i = 0; i < batch; i++)
            {
                Code code = codes[(done + i) % codes.Count];
                int attempt = 0;
                do
                {
                    if (attempt == MaxEncodingAttempts) throw new InvalidOperationException($"No operands found for {code}.");
                    seeds[i] = seed + (ulong)(done + i) + ((ulong)attempt++ << 40);
                }
                while (!generator.TryGenerate(code, seeds[i], &runner.Slots[i].Input, out instructions[i]));
            }
            runner.Run(batch);
            for (int i = 0; i < batch; i++) Compare(instructions[i], seeds[i], runner.Slots[i].Input, ref runner.Slots[i].Output, ref actual[0]);
            done += batch;
        }
    }

    private void Compare(in Instruction instruction, ulong seed, in NativeCase input, ref NativeResult expected, ref NativeResult actual)
    {
        if (Undefined.Results(instruction, input, expected) != null) return;
        if (AmdProcessor.IsHere)
        {
            if (AmdProcessor.Results(instruction, input, expected) != null) return;
            AmdProcessor.MakeIntel(instruction, input, ref expected);
        }

        underTest.Run(instruction, input, ref actual);
        Compared[instruction.Code] = Compared.GetValueOrDefault(instruction.Code) + 1;
        if (expected.Trap != NativeResult.NoTrap) Trapped++;
        string differences = Comparison.Differences(instruction, expected, actual);
        if (differences.Length == 0) return;
        int earlier = _differing.GetValueOrDefault(instruction.Code);
        _differing[instruction.Code] = earlier + 1;
        if (earlier < MaxReportsOfOneCode && Reports.Count < MaxReports)
            Reports.Add(Comparison.Describe(instruction, input, seed) + differences);
    }

    /// <summary>Fails with the reports if anything differed, or if a code was not compared often enough.</summary>
    internal void Assert(int leastPerCode)
    {
        string summary = string.Join(", ", _differing.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Key} {pair.Value}"));
        Xunit.Assert.True(Differed == 0, $"{Differed} of {Compared.Values.Sum()} cases differ ({summary}):\n\n{string.Join("\n", Reports)}");
        var rare = codes.Where(code => Compared.GetValueOrDefault(code) < leastPerCode).ToList();
        Xunit.Assert.True(rare.Count == 0, $"compared fewer than {leastPerCode} times: {string.Join(", ", rare)}");
    }
}
