using System.Diagnostics;
using System.Text;
using AppLayer.Activation;
using AppLayer.Capture;
using AppLayer.Files;
using AppLayer.Paths;
using AppLayer.Registry;
using AppLayer.Registry.Text;
using AppLayer.Registry.Tokens;
using AppLayer.Registry.Views;
using AppLayer.Store;
using VirtFoundation;
using VirtSpecs;
using VirtWorker.Tests.Applications;

namespace VirtWorker.Tests.Captures;

/// <summary>Installers of Windows programs: NSIS and Windows Installer.</summary>
public sealed class WineCaptureTests(WineRoot wine) : IClassFixture<WineRoot>, IDisposable
{
    private readonly ApplicationLab _lab = new(wine.Root);

    public void Dispose() => _lab.Dispose();

    [WineFact(Tool = "makensis")]
    public async Task Layers_of_installers_are_what_a_difference_of_two_prefixes_shows()
    {
        if (!File.Exists("/usr/bin/wixl"))
        {
            return; // The package wixl isn't installed; other stories need makensis alone.
        }

        var setup = BuildNsis("demo-setup.exe", """
            SetOutPath "$INSTDIR"
            File "payload.txt"
            WriteUninstaller "$INSTDIR\uninst.exe"
            CreateDirectory "$SMPROGRAMS\Demo"
            CreateShortCut "$SMPROGRAMS\Demo\Demo.lnk" "$INSTDIR\payload.txt"
            SetRegView 64
            WriteRegStr HKLM "Software\Demo" "Path" "$INSTDIR"
            WriteRegStr HKCU "Software\Demo" "Home" "$PROFILE"
            WriteRegStr HKCR ".demo" "" "Demo.File"
            WriteRegDWORD HKLM "Software\Demo\Numbers" "Seven" 7
            WriteRegExpandStr HKLM "Software\Microsoft\Windows\CurrentVersion\Uninstall\Demo" "UninstallString" '"$INSTDIR\uninst.exe"'
            GetTempFileName $0
            """);
        var msi = BuildMsi();
        var first = await Make("demo", setup, ["/S"]);
        Assert.Equal((0, false), (first.ExitCode, first.RestartWanted));
        var second = await Make("msi", msi, [], new LayerReference("demo"));
        Assert.Equal(0, second.ExitCode);
        Assert.Contains(first.Removed, removal => removal.Rule == "{Profile}/Temp/**" || removal.Rule == "{Temp}/**");

        var before = BasePrefix.PathOf(_lab.Root, WineInstallation.Find());
        var after = CopyPrefix("after");
        RunPlain(after, setup, "/S");
        RunPlain(after, "msiexec", "/i", $"Z:{msi.Replace('/', '\\')}", "/qn");
        AssertSame(FilesAdded(before, after), FilesOf(first.Layer, second.Layer));
        AssertSame(RegistryAdded(before, after), RegistryOf(first.Layer, second.Layer));
    }

    [WineFact(Tool = "makensis")]
    public async Task What_is_installed_by_hand_in_a_prefix_becomes_the_layer_that_a_difference_shows()
    {
        var setup = BuildNsis("hand-setup.exe", """
            SetOutPath "$INSTDIR"
            File "payload.txt"
            Delete "$WINDIR\win.ini"
            WriteRegStr HKCU "Software\Hand" "Path" "$INSTDIR"
            DeleteRegKey HKLM "Software\Microsoft\Windows\CurrentVersion\Explorer\FolderDescriptions"
            """);
        await BasePrefix.ProvideAsync(_lab.Root, WineInstallation.Find(), null, _lab.Token);
        var prefix = CopyPrefix("by-hand");
        var sessions = new CaptureSessions(_lab.Root);
        var capture = await sessions.StartAsync(new() { Name = "by-hand", Platform = LayerPlatform.Windows, Root = prefix }, null, _lab.Token);
        RunPlain(prefix, setup, "/S");
        var result = await sessions.StopAsync(capture.Id, new("hand", "1", LayerPlatform.Windows), null, null, _lab.Token);
        var foundation = BasePrefix.PathOf(_lab.Root, WineInstallation.Find());
        AssertSame(FilesAdded(foundation, prefix), FilesOf(result.Layer));
        Assert.Contains(_lab.Layers.ReadFiles(result.Layer.Id).Entries, entry => entry.Path == "{Windows}/win.ini" && entry.Kind == FileKind.Whiteout);
        var registry = _lab.Layers.ReadRegistry(result.Layer.Id)!;
        Assert.True(registry.Find(@"CurrentUser\Software\Hand")!.TryGetValue("Path", out var value));
        Assert.Equal("{ProgramFiles}\\Demo\0", Encoding.Unicode.GetString(value.Data.Span));
        Assert.Empty(sessions.List());
    }

    [WineFact(Tool = "makensis")]
    public async Task Paths_of_a_captured_registry_are_tokens_and_its_files_bear_no_time_of_the_prefix()
    {
        var setup = BuildNsis("token-setup.exe", """
            SetOutPath "$INSTDIR"
            File "payload.txt"
            WriteRegStr HKCU "Software\Tokens" "Path" "$INSTDIR\payload.txt"
            """);
        var layer = (await Make("tokens", setup, ["/S"])).Layer;
        var registry = _lab.Layers.ReadRegistry(layer.Id)!;
        Assert.True(registry.Find(@"CurrentUser\Software\Tokens")!.TryGetValue("Path", out var value));
        Assert.Equal("{ProgramFiles}\\Demo\\payload.txt\0", Encoding.Unicode.GetString(value.Data.Span));
        Assert.Equal(["CurrentUser"], registry.Subkeys.Select(key => key.Name));
        Assert.Equal(
            ["{ProgramFiles}", "{ProgramFiles}/Demo", "{ProgramFiles}/Demo/payload.txt", "{SystemDrive}"],
            _lab.Layers.ReadFiles(layer.Id).Entries.Select(entry => entry.Path));
    }

    [WineFact(Tool = "makensis")]
    public async Task What_an_installer_ends_with_is_understood()
    {
        var restart = await Make("restart", BuildNsis("restart.exe", "SetOutPath \"$INSTDIR\"\nFile payload.txt\nSetErrorLevel 3010"), ["/S"]);
        Assert.Equal((3010, true), (restart.ExitCode, restart.RestartWanted));
        var error = await Assert.ThrowsAsync<VirtException>(() => Make("aborts", BuildNsis("aborts.exe", "SetOutPath \"$INSTDIR\"\nFile payload.txt\nAbort"), ["/S"]));
        Assert.Equal(VirtErrorCode.CaptureFailed, error.Code);
        Assert.Contains("ended with 2 (the installer's script aborted)", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<VirtException>(() => Make("none", Write("none.msi", "no package"), []));
        Assert.Equal(VirtErrorCode.CaptureFailed, error.Code);
        Assert.Empty(Directory.GetDirectories(_lab.Root.ApplicationsDirectory));
    }

    [WineFact(Tool = "makensis")]
    public async Task An_update_by_capture_flattens_files_and_registry()
    {
        var setup = BuildNsis("old.exe", """
            SetOutPath "$INSTDIR"
            File "payload.txt"
            WriteRegStr HKCU "Software\Update" "Kept" "1"
            WriteRegStr HKCU "Software\Update" "Changed" "1"
            WriteRegStr HKCU "Software\Update\Gone" "a" "1"
            """);
        var update = BuildNsis("new.exe", """
            Delete "$INSTDIR\payload.txt"
            SetOutPath "$INSTDIR\More"
            File "payload.txt"
            WriteRegStr HKCU "Software\Update" "Changed" "2"
            DeleteRegKey HKCU "Software\Update\Gone"
            """);
        var old = (await Make("updated", setup, ["/S"])).Layer;
        var spec = Spec("updated", update, ["/S"]) with { Version = "2" };
        var layer = (await new LayerMaker(_lab.Root).MakeAsync(spec, new() { Updates = old.Id }, null, _lab.Token)).Layer;
        Assert.Equal(
            ["{ProgramFiles}", "{ProgramFiles}/Demo", "{ProgramFiles}/Demo/More", "{ProgramFiles}/Demo/More/payload.txt", "{ProgramFiles}/Demo/payload.txt deleted", "{SystemDrive}"],
            _lab.Layers.ReadFiles(layer.Id).Entries.Select(entry => entry.Path + (entry.Kind == FileKind.Whiteout ? " deleted" : "")));
        var key = _lab.Layers.ReadRegistry(layer.Id)!.Find(@"CurrentUser\Software\Update")!;
        Assert.Equal(["Changed 2", "Kept 1"], key.Values.Select(value => $"{value.Name} {Encoding.Unicode.GetString(value.Data.Span).TrimEnd('\0')}").Order());
        Assert.Equal(LayerMark.Tombstone, key.Subkeys.Single().Mark);
        _lab.Layers.Remove(layer.Id);
    }

    private static Layer Spec(string name, string command, string[] arguments, params LayerReference[] layers) => new()
    {
        Name = name, Platform = LayerPlatform.Windows, From = new() { Capture = new() { Command = command, Arguments = [.. arguments] }, Layers = [.. layers] },
    };

    private async Task<CaptureResult> Make(string name, string command, string[] arguments, params LayerReference[] layers)
    {
        foreach (var other in _lab.Layers.List().Where(layer => layer.Name == name))
        {
            _lab.Layers.Remove(other.Id);
        }

        return await new LayerMaker(_lab.Root).MakeAsync(Spec(name, command, arguments, layers), null, null, _lab.Token);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_lab.Scratch, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string BuildNsis(string name, string section)
    {
        Write("payload.txt", "what it installs\n");
        var script = Write(name + ".nsi", $"Target amd64-unicode\nName Demo\nOutFile {name}\nInstallDir \"$PROGRAMFILES64\\Demo\"\nSection\n{section}\nSectionEnd\nSection Uninstall\nSectionEnd\n");
        Run("makensis", "-V1", script);
        return Path.Combine(_lab.Scratch, name);
    }

    private string BuildMsi()
    {
        Write("readme.txt", "hello\n");
        var source = Write("demo.wxs", """
            <?xml version="1.0" encoding="utf-8"?>
            <Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
             <Product Id="*" Name="MsiDemo" Language="1033" Version="1.2.3" Manufacturer="Demo" UpgradeCode="A0000000-0000-4000-8000-000000000001">
              <Package InstallerVersion="200" Compressed="yes" InstallScope="perMachine"/>
              <Media Id="1" Cabinet="a.cab" EmbedCab="yes"/>
              <Directory Id="TARGETDIR" Name="SourceDir"><Directory Id="ProgramFiles64Folder"><Directory Id="INSTALLDIR" Name="MsiDemo">
               <Component Id="c1" Guid="A0000000-0000-4000-8000-000000000002" Win64="yes">
                 <File Id="f1" Name="readme.txt" Source="readme.txt" KeyPath="yes"/>
                 <RegistryValue Root="HKLM" Key="Software\MsiDemo" Name="Dir" Type="string" Value="[INSTALLDIR]"/>
               </Component></Directory></Directory></Directory>
              <Feature Id="F" Level="1"><ComponentRef Id="c1"/></Feature>
             </Product>
            </Wix>
            """);
        Run("wixl", "-a", "x64", "-o", Path.Combine(_lab.Scratch, "demo.msi"), source);
        return Path.Combine(_lab.Scratch, "demo.msi");
    }

    private string CopyPrefix(string name)
    {
        var copy = Path.Combine(_lab.Scratch, name);
        Run("cp", "-a", BasePrefix.PathOf(_lab.Root, WineInstallation.Find()), copy);
        return copy;
    }

    // Plain Wine, as anybody starts it.
    private void RunPlain(string prefix, params string[] command) => Run("bash", [
        "-ec", """
            prefix="$1"; shift
            export WINEPREFIX="$prefix" WINEDEBUG=-all DISPLAY= USER=user HOME="$prefix" WINEDLLOVERRIDES='winemenubuilder.exe=d'
            wine "$@" </dev/null >/dev/null 2>&1; wineserver -w
            """, "run", prefix, .. command]);

    /// <summary>By find and openssl, which takes a third of sha256sum's time: files of the drive that only the second prefix has, or has otherwise.</summary>
    private string[] FilesAdded(string before, string after)
    {
        var (old, now) = (Files(before), Files(after));
        return [.. now.Except(old).Where(line => !line.Contains("/Temp/", StringComparison.Ordinal)).Select(line => WithoutTimes(line, after))];

        string[] Files(string prefix) => Run("bash", "-c", "cd \"$0\"; find drive_c -type f -print0 | xargs -0 openssl dgst -sha256 -r | sed 's/ \\*/  /'", prefix).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private IEnumerable<string> FilesOf(params LayerInfo[] layers) => layers.SelectMany(layer => _lab.Layers.ReadFiles(layer.Id).Entries)
        .Where(entry => entry.Kind == FileKind.File)
        .Select(entry => WithoutTimes($"{entry.Content}  {LayerLayout.Windows.PlaceOf(entry.Path)}", layers));

    private string WithoutTimes(string line, LayerInfo[] layers) =>
        layers.Select(layer => _lab.Layers.TreeDirectory(layer.Id)).FirstOrDefault(tree => File.Exists(Path.Combine(tree, line[(line.IndexOf(' ', StringComparison.Ordinal) + 2)..]))) is { } found
            ? WithoutTimes(line, found) : line;

    // A shortcut notes when its target was made, read and written (MS-SHLLINK, 2.1), and its list of identifiers (2.2) the times of the folders on
    // the way, which are other moments in each installation. Where it leads stands in it once more, and is compared.
    private static string WithoutTimes(string line, string directory)
    {
        const int Times = 0x1c, TimesEnd = 0x34, TargetIds = 0x4c;
        var place = line[(line.IndexOf(' ', StringComparison.Ordinal) + 2)..];
        if (!place.EndsWith(".lnk", StringComparison.Ordinal))
        {
            return line;
        }

        var content = File.ReadAllBytes(Path.Combine(directory, place));
        content.AsSpan(Times..TimesEnd).Clear();
        content.AsSpan(TargetIds + sizeof(ushort), BitConverter.ToUInt16(content, TargetIds)).Clear();
        return $"{ContentDigest.Of(content)}  {place}";
    }

    /// <summary>By awk: a line for each value, with its key, of what only the second prefix has.</summary>
    private string[] RegistryAdded(string before, string after) =>
    [
        .. RegistryRoots.All.SelectMany(root => Lines(root, Path.Combine(after, root.WineFile)).Except(Lines(root, Path.Combine(before, root.WineFile))))
            // What Wine writes anew at each start.
            .Where(line => !line.Contains(@"Control\\Class\\{4D36E96", StringComparison.Ordinal) && !line.Contains(@"Control\\DeviceClasses\\", StringComparison.Ordinal)
                && !line.Contains(@"Control\\Video\\", StringComparison.Ordinal)),
    ];

    private IEnumerable<string> RegistryOf(params LayerInfo[] layers) => layers.SelectMany(layer =>
    {
        var tree = new RegistryTokens(new PathTokens(LayerLayout.WineRoots)).Detokenise(_lab.Layers.ReadRegistry(layer.Id)!);
        return RegistryRoots.All.Where(root => tree.TryGetSubkey(root.Root.ToString(), out _)).SelectMany(root =>
        {
            var file = Path.Combine(_lab.Scratch, $"layer-{root.WineFile}");
            File.WriteAllBytes(file, WineRegistryFile.FromTree(tree.Find(root.Root.ToString())!, root.KernelPath, WineArchitecture.Win64).ToBytes());
            return Lines(root, file);
        });
    });

    private string[] Lines(RegistryRootNames root, string file) => [.. Run("awk", """
        /^\[/ { key = $0; sub(/\] [0-9]+$/, "]", key); next }
        /^#time|^WINE|^;;|^#arch|^$/ { next }
        { line = line $0; if (line ~ /\\$/) { sub(/\\$/, "", line); next } print key " " line; line = "" }
        """, file).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"{root.ShortName} {line}")];

    private static void AssertSame(IEnumerable<string> peer, IEnumerable<string> ours)
    {
        var (expected, actual) = (Normal(peer), Normal(ours));
        var differences = string.Join('\n', expected.Except(actual).Select(line => $"missing: {line}").Concat(actual.Except(expected).Select(line => $"too much: {line}")));
        Assert.True(differences.Length == 0, differences);
        Assert.NotEmpty(actual);
    }

    // Windows Installer's copy of a package has another name each time.
    private static List<string> Normal(IEnumerable<string> lines) =>
        [.. lines.Select(line => System.Text.RegularExpressions.Regex.Replace(line, @"Installer([/\\]+)[0-9a-f]+\.msi", "Installer$1x.msi")).Order(StringComparer.Ordinal)];

    private string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = _lab.Scratch,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} did not end in two minutes.");
        }

        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {output}{errors.Result}");
        return output;
    }
}
