using System.Text;
using AppLayer.Registry;
using AppLayer.Registry.Views;
using static AppLayer.Tests.Registry.Stacking.RegistryTrees;

namespace AppLayer.Tests.Registry.Views;

/// <summary>A registry as programs open its keys.</summary>
public sealed class RegistryViewTests
{
    private const string Sid = "S-1-5-21-1-2-3-1001";

    [Theory]
    [InlineData(@"HKLM\Software\X", RegistryRoot.Machine, @"Software\X")]
    [InlineData(@"hkey_local_machine", RegistryRoot.Machine, "")]
    [InlineData(@"HKLM:\Software\", RegistryRoot.Machine, "Software")]
    [InlineData(@"\Registry\Machine\System", RegistryRoot.Machine, "System")]
    [InlineData(@"HKCU\X", RegistryRoot.CurrentUser, "X")]
    [InlineData($@"HKU\{Sid}\X", RegistryRoot.CurrentUser, "X")]
    [InlineData($@"\REGISTRY\USER\{Sid}_Classes\.txt", RegistryRoot.CurrentUser, @"Software\Classes\.txt")]
    [InlineData(@"HKEY_USERS\.Default\X", RegistryRoot.DefaultUser, "X")]
    public void Paths_are_read_as_everyone_writes_them(string text, RegistryRoot root, string path)
    {
        Assert.True(RegistryPath.TryParse(text, Sid, out var parsed));
        Assert.Equal(new(root, path), parsed);
        Assert.True(RegistryPath.TryParse(parsed.ToString(), null, out var again));
        Assert.Equal(parsed, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData(@"C:\Windows")]
    [InlineData(@"HKLMX\Software")]
    [InlineData(@"HKU\S-1-5-18\X")]
    [InlineData($@"HKU\{Sid}0\X")]
    [InlineData(@"HKEY_CURRENT_CONFIG\X")]
    public void What_is_no_path_of_a_layers_roots_is_not_taken_for_one(string text)
    {
        Assert.False(RegistryPath.TryParse(text, Sid, out _));
        Assert.Equal(ResolutionStatus.NotAPath, View(Tree("Machine")).Resolve(text).Status);
    }

    [Fact]
    public void Links_are_followed_and_can_be_opened_themselves()
    {
        var tree = Tree(@"Machine\Real\Sub|v=1", @"Machine\Other");
        Link(tree, @"Machine\Other\Link", @"\Registry\Machine\Real");
        var view = View(tree);
        var resolved = view.Resolve(@"HKLM\other\link\sub");
        Assert.Equal((ResolutionStatus.Found, @"HKLM\Real\sub"), (resolved.Status, resolved.Path.ToString()));
        Assert.Same(tree.Find(@"Machine\Real\Sub"), resolved.Key);
        Assert.Same(tree.Find(@"Machine\Other\Link"), view.Resolve(@"HKLM\Other\Link", openLink: true).Key);
        Assert.Same(tree.Find(@"Machine\Real\Sub"), view.Resolve(@"HKLM\Other\Link\Sub", openLink: true).Key);
        Assert.Equal((ResolutionStatus.Missing, @"HKLM\Real\New\Deep"), Shown(view.Resolve(@"HKLM\Other\Link\New\Deep")));
    }

    [Fact]
    public void Links_in_a_circle_and_into_nothing_end()
    {
        var tree = Tree("Machine", "CurrentUser");
        Link(tree, @"Machine\A", @"\Registry\Machine\B");
        Link(tree, @"Machine\B", @"\Registry\Machine\A");
        Link(tree, @"Machine\Grow", @"\Registry\Machine\Grow\More");
        Link(tree, @"Machine\Odd", @"C:\Windows");
        Link(tree, @"Machine\Gone", @"\Registry\Machine\Nowhere");
        Link(tree, @"Machine\User", $@"\Registry\User\{Sid}\Mine");
        tree.Create(@"Machine\Empty").IsLink = true;
        var view = View(tree);
        Assert.Equal(ResolutionStatus.TooManyLinks, view.Resolve(@"HKLM\A\x").Status);
        Assert.Equal(ResolutionStatus.TooManyLinks, view.Resolve(@"HKLM\Grow").Status);
        Assert.Equal((ResolutionStatus.LinkBroken, @"HKLM\Odd"), Shown(view.Resolve(@"HKLM\Odd\x")));
        Assert.Equal(ResolutionStatus.LinkBroken, view.Resolve(@"HKLM\Empty").Status);
        Assert.Equal((ResolutionStatus.Missing, @"HKLM\Nowhere\x"), Shown(view.Resolve(@"HKLM\Gone\x")));
        Assert.Equal((ResolutionStatus.Missing, @"HKCU\Mine\x"), Shown(view.Resolve(@"HKLM\User\x")));
    }

    [Fact]
    public void As_many_links_as_the_limit_are_followed_and_one_more_is_not()
    {
        var tree = Tree(@"Machine\L0");
        for (var i = 1; i <= RegistryView.LinkHops + 1; i++)
        {
            Link(tree, $@"Machine\L{i}", $@"\Registry\Machine\L{i - 1}");
        }

        Assert.Equal((ResolutionStatus.Found, @"HKLM\L0"), Shown(View(tree).Resolve($@"HKLM\L{RegistryView.LinkHops}")));
        Assert.Equal(ResolutionStatus.TooManyLinks, View(tree).Resolve($@"HKLM\L{RegistryView.LinkHops + 1}").Status);
    }

    [Theory]
    [InlineData(@"HKLM\Software\Vendor", @"HKLM\SOFTWARE\Wow6432Node\Vendor")]
    [InlineData(@"HKLM\Software", @"HKLM\Software")]
    [InlineData(@"HKLM\Software\Wow6432Node\Vendor", @"HKLM\Software\Wow6432Node\Vendor")]
    [InlineData(@"HKLM\Software\Microsoft\Windows\CurrentVersion\Run", @"HKLM\SOFTWARE\Wow6432Node\Microsoft\Windows\CurrentVersion\Run")]
    [InlineData(@"HKLM\Software\Microsoft\Windows\CurrentVersion\App Paths\x.exe", @"HKLM\Software\Microsoft\Windows\CurrentVersion\App Paths\x.exe")]
    [InlineData(@"HKLM\Software\PoliciesX", @"HKLM\SOFTWARE\Wow6432Node\PoliciesX")]
    [InlineData(@"HKLM\Software\Classes\.txt", @"HKLM\Software\Classes\.txt")]
    [InlineData(@"HKLM\Software\Classes\CLSID\{1}", @"HKLM\SOFTWARE\Classes\Wow6432Node\CLSID\{1}")]
    [InlineData(@"HKCU\Software\Classes\clsid\{1}", @"HKCU\SOFTWARE\Classes\Wow6432Node\clsid\{1}")]
    [InlineData(@"HKCR\Interface\{1}", @"HKLM\SOFTWARE\Classes\Wow6432Node\Interface\{1}")]
    [InlineData(@"HKCR\TypeLib\{1}", @"HKLM\Software\Classes\TypeLib\{1}")]
    [InlineData(@"HKCU\Software\Vendor", @"HKCU\Software\Vendor")]
    [InlineData(@"HKLM\System\Setup", @"HKLM\System\Setup")]
    public void A_32_bit_program_sees_its_own_keys_where_Windows_has_them(string path, string expected) =>
        Assert.Equal(expected, new RegistryView(Tree("Machine"), new(Is32Bit: true)).Resolve(path).Path.ToString(), ignoreCase: true);

    [Fact]
    public void The_links_that_Windows_has_under_Wow6432Node_work_without_being_there()
    {
        var view = View(Tree(@"Machine\Software\Classes\Typelib\{1}", @"Machine\Software\Wow6432Node\Classes\Kept"));
        Assert.Equal((ResolutionStatus.Found, @"HKLM\SOFTWARE\Classes\TypeLib\{1}"), Shown(view.Resolve(@"HKLM\Software\Wow6432Node\Classes\TypeLib\{1}")));
        Assert.Equal((ResolutionStatus.Found, @"HKLM\Software\Wow6432Node\Classes\Kept"), Shown(view.Resolve(@"HKLM\Software\Wow6432Node\Classes\Kept")));
    }

    [Fact]
    public void The_current_control_set_is_the_one_that_is_selected()
    {
        var tree = Tree(@"Machine\System\ControlSet002\Services|v=1", @"Machine\System\Select");
        Assert.Equal(ResolutionStatus.Missing, View(tree).Resolve(@"HKLM\System\CurrentControlSet\Services").Status);
        tree.Find(@"Machine\System\Select")!.Set(new("Current", RegistryValueType.Dword, new byte[] { 2, 0, 0, 0 }));
        Assert.Same(tree.Find(@"Machine\System\ControlSet002\Services"), View(tree).Resolve(@"HKLM\System\CurrentControlSet\Services").Key);
        Link(tree, @"Machine\System\CurrentControlSet", @"\Registry\Machine\System\ControlSet001");
        Assert.Equal((ResolutionStatus.Missing, @"HKLM\System\ControlSet001\Services"), Shown(View(tree).Resolve(@"HKLM\System\CurrentControlSet\Services")));
    }

    [Fact]
    public void Classes_are_the_users_over_the_machines_as_Microsofts_example_shows()
    {
        var tree = Tree(
            @"Machine\Software\Classes\CLSID\2", @"Machine\Software\Classes\CLSID\4\inprocserver32", @"Machine\Software\Classes\CLSID\4\localserver32",
            @"Machine\Software\Classes\CLSID\7", @"CurrentUser\Software\Classes\CLSID\1", @"CurrentUser\Software\Classes\CLSID\4\localserver",
            @"CurrentUser\Software\Classes\CLSID\6", @"CurrentUser\Software\Classes\CLSID\10\localserver");
        Assert.Equal(
            ["CLSID", @"CLSID\1", @"CLSID\10", @"CLSID\10\localserver", @"CLSID\2", @"CLSID\4", @"CLSID\4\inprocserver32", @"CLSID\4\localserver",
                @"CLSID\4\localserver32", @"CLSID\6", @"CLSID\7"],
            Lines(ClassesRoot.Compose(tree)));
        Assert.Equal(@"HKCU\Software\Classes\CLSID\4", View(tree).Resolve(@"HKCR\CLSID\4").Path.ToString());
        Assert.Equal(@"HKLM\Software\Classes\CLSID\2", View(tree).Resolve(@"HKCR\CLSID\2").Path.ToString());
        Assert.Equal((ResolutionStatus.Missing, @"HKLM\Software\Classes\.new"), Shown(View(tree).Resolve(@"HKCR:\.new")));
    }

    private static RegistryView View(RegistryKey tree) => new(tree, new(Sid));

    private static (ResolutionStatus Status, string Path) Shown(RegistryResolution resolution) => (resolution.Status, resolution.Path.ToString());

    private static void Link(RegistryKey tree, string path, string target)
    {
        var key = tree.Create(path);
        key.IsLink = true;
        key.Set(new(RegistryView.LinkValue, RegistryValueType.Link, Encoding.Unicode.GetBytes(target)));
    }
}
