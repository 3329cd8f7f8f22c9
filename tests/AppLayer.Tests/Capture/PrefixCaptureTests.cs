using System.Net.Sockets;
using System.Text;
using AppLayer.Capture;
using AppLayer.Store;
using VirtFoundation;
using VirtFoundation.Interop;
using VirtFoundation.Store;
using VirtSpecs;
using VirtTools.Tests;

namespace AppLayer.Tests.Capture;

/// <summary>Captures in a Wine prefix of somebody, without Wine: a drive and registry files.</summary>
public sealed class PrefixCaptureTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly CaptureSessions _sessions;
    private readonly LayerStore _store;

    public PrefixCaptureTests()
    {
        var root = VirtRoot.At(_folder["home"]);
        (_sessions, _store) = (new(root), new(root));
        foreach (var directory in (string[])["windows/system32", "Program Files", "users/Public", "users/jane/AppData/Roaming", "users/jane/Temp"])
        {
            Directory.CreateDirectory(Path.Combine(Prefix, "drive_c", directory));
        }

        WriteRegistry("system.reg", @"Machine", "");
        WriteRegistry("user.reg", @"User\\S-1-5-21-0-0-0-1000", "");
        WriteRegistry("userdef.reg", @"User\\.Default", "");
    }

    private string Prefix => _folder["prefix"];

    public void Dispose() => _folder.Dispose();

    [LinuxFact]
    public async Task A_user_of_another_name_becomes_the_layers_user()
    {
        var capture = await Start();
        File.WriteAllText(Path.Combine(Prefix, "drive_c/users/jane/AppData/Roaming/app.ini"), "x");
        File.WriteAllText(Path.Combine(Prefix, "drive_c/users/jane/Temp/noise"), "x");
        Directory.CreateDirectory(Path.Combine(Prefix, "drive_c/Program Files/App"));
        WriteRegistry("user.reg", @"User\\S-1-5-21-0-0-0-1000", """
            [Software\\App] 1700000000
            #time=1da1a2b3c4d5e6f
            "Ini"="C:\\users\\jane\\AppData\\Roaming\\app.ini"

            """);
        var result = await _sessions.StopAsync(capture.Id, new("app", "1", LayerPlatform.Windows));
        Assert.Equal(
            ["{AppData}", "{AppData}/app.ini", "{Profile}", "{Profile}/AppData", "{ProgramFiles}", "{ProgramFiles}/App", "{SystemDrive}", "{UserProfiles}"],
            _store.ReadFiles(result.Layer.Id).Entries.Select(entry => entry.Path));
        Assert.True(_store.ReadRegistry(result.Layer.Id)!.Find(@"CurrentUser\Software\App")!.TryGetValue("Ini", out var value));
        Assert.Equal("{AppData}\\app.ini\0", Encoding.Unicode.GetString(value.Data.Span));
        Assert.Contains(result.Removed, removal => removal.Rule == "{Profile}/Temp/**");
    }

    [LinuxFact]
    public async Task A_prefix_whose_programs_run_is_not_captured()
    {
        Assert.Equal(0, Libc.Statx(Libc.AT_FDCWD, Prefix, 0, Libc.STATX_BASIC_STATS, out _));
        var server = Directory.CreateDirectory(_folder["server"]).FullName;
        File.WriteAllText(Path.Combine(Prefix, "wineserver"), server);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(server, "socket")));
        socket.Listen();
        Assert.Equal(VirtErrorCode.CaptureInUse, (await Assert.ThrowsAsync<VirtException>(Start)).Code);
        socket.Close();
        Assert.Equal("app", (await Start()).Name);
    }

    [LinuxFact]
    public async Task What_is_no_prefix_or_outside_of_it_is_refused()
    {
        foreach (var start in (CaptureStart[])[
            new() { Name = "a", Platform = LayerPlatform.Windows },
            new() { Name = "a", Platform = LayerPlatform.Windows, Root = _folder.Path },
            new() { Name = "a", Platform = LayerPlatform.Windows, Root = Prefix, Places = [_folder.Path] },
        ])
        {
            Assert.Equal(VirtErrorCode.ParameterInvalid, (await Assert.ThrowsAsync<VirtException>(() => _sessions.StartAsync(start))).Code);
        }

        Directory.CreateDirectory(Path.Combine(Prefix, "drive_c/users/second"));
        Assert.Equal(VirtErrorCode.ParameterInvalid, (await Assert.ThrowsAsync<VirtException>(Start)).Code);
    }

    private Task<CaptureInfo> Start() => _sessions.StartAsync(new() { Name = "app", Platform = LayerPlatform.Windows, Root = Prefix });

    private void WriteRegistry(string file, string key, string keys) => File.WriteAllText(
        Path.Combine(Prefix, file), $"WINE REGISTRY Version 2\n;; All keys relative to REGISTRY\\\\{key}\n\n#arch=win64\n\n{keys.ReplaceLineEndings("\n")}");
}
