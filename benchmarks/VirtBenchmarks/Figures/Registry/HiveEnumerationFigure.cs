using AppLayer.Registry;
using AppLayer.Registry.Hive;

namespace VirtBenchmarks.Figures.Registry;

/// <summary>Every key and value of a hive of 100 MiB with name, type and data. hivexml does it by libhivex, and writes it as XML to nowhere.</summary>
internal sealed class HiveEnumerationFigure : Figure
{
    private const int Components = 73_000, Length = 100 << 20;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("virttools-bench");
    private string _hive = "";

    internal override string Name => "hive enumeration, 100 MiB";

    internal override string Unit => "MB/s";

    internal override bool LargerIsBetter => true;

    internal override double? GoalRatio => 5;

    internal override string Peer => "hivexml";

    internal override void Prepare()
    {
        var root = new RegistryKey("");
        ComponentRegistry.Add(root, Components, seed: 1);
        var bytes = HiveFile.ToBytes(root);
        if (bytes.Length < Length) throw new FigureUnavailableException($"the hive has {bytes.Length} bytes only");
        _hive = Path.Combine(_directory.FullName, "hive");
        File.WriteAllBytes(_hive, bytes.ToArray());
        Work.Run("hivexml", "-k", _hive);
    }

    internal override double MeasureOurs()
    {
        var (length, values) = (0L, 0);
        var seconds = Work.Seconds(() =>
        {
            var bytes = File.ReadAllBytes(_hive);
            var cursor = new HiveCursor(bytes);
            while (cursor.ReadKey())
            {
                length += cursor.Name.Length;
                while (cursor.ReadValue())
                {
                    length += cursor.ValueName.Length + cursor.Data.Length + (cursor.ValueType == RegistryValueType.None ? 1 : 0);
                    values++;
                }
            }
        });
        return values == Components * ComponentRegistry.ValuesOfComponent && length > 0
            ? new FileInfo(_hive).Length / 1e6 / seconds
            : throw new InvalidOperationException($"{values} values came by.");
    }

    internal override double MeasurePeer() =>
        new FileInfo(_hive).Length / 1e6 / Work.Seconds(() => Work.Run("sh", "-c", "exec hivexml -k \"$1\" > /dev/null", "sh", _hive));

    public override void Dispose()
    {
        _directory.Delete(recursive: true);
        base.Dispose();
    }
}
