using System.Text;
using AppLayer.Registry;

namespace VirtBenchmarks.Figures.Registry;

/// <summary>Keys and values as installers of components leave them, the same for the same seed.</summary>
internal static class ComponentRegistry
{
    /// <summary>Values that <see cref="Add"/> makes for a component.</summary>
    internal const int ValuesOfComponent = 10;

    private const ulong Time = 133_000_000_000_000_000;

    /// <summary>Adds components below a key, in groups as large as programs make them.</summary>
    internal static void Add(RegistryKey root, int count, int seed)
    {
        var random = new Random(seed);
        var id = new byte[16];
        for (var i = 0; i < count; i++)
        {
            random.NextBytes(id);
            var component = root.Create($@"Group {i / 2000}\{{{new Guid(id).ToString().ToUpperInvariant()}}}");
            component.Set(Text("", $"Component {i} of vendor {seed}"));
            var server = component.Create("InprocServer32");
            server.Set(Text("", $@"{{ProgramFilesCommon}}\Vendor {seed}\component{i}.dll"));
            server.Set(Text("ThreadingModel", "Both"));
            server.Set(new("Version", RegistryValueType.Dword, BitConverter.GetBytes(i)));
            component.Create("ProgID").Set(Text("", $"Vendor.Component.{i}"));
            var settings = component.Create("Settings");
            for (var value = 0; value < 5; value++)
            {
                var data = new byte[random.Next(4, 140)];
                random.NextBytes(data);
                settings.Set(new($"Value{value}", RegistryValueType.Binary, data));
            }

            foreach (var key in (RegistryKey[])[component, .. component.Subkeys]) key.LastWrite = new(Time + (ulong)i);
        }
    }

    internal static RegistryValue Text(string name, string text) => new(name, RegistryValueType.String, Encoding.Unicode.GetBytes(text + "\0"));
}
