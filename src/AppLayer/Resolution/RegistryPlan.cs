using AppLayer.Registry;
using AppLayer.Registry.Stacking;
using AppLayer.Registry.Views;
using VirtFoundation;
using VirtSpecs;

namespace AppLayer.Resolution;

/// <summary>
/// What an application's registry is composed of, by the rules for keys: the last rule that is for a key, or for one that it is in, wins. The
/// same stack is composed and asked.
/// </summary>
internal sealed class RegistryPlan
{
    internal const string RulesName = "isolation rules";

    private readonly List<(string Path, IsolationMode Mode)> _rules = [];
    private readonly Dictionary<string, PartyKind> _kinds = new(StringComparer.Ordinal);
    private readonly string? _userSid;

    /// <summary>Plans a registry.</summary>
    /// <param name="rules">The application's rules; those for files are left aside.</param>
    /// <param name="writable">What the application has changed; null for nothing yet.</param>
    /// <param name="data">What it has changed that survives a reset; null for nothing yet.</param>
    /// <param name="layers">The layers; the first wins.</param>
    /// <param name="foundation">The base, without marks.</param>
    /// <param name="userSid">The user's SID, where paths under HKEY_USERS shall be understood.</param>
    /// <exception cref="VirtException">A rule names no key, or passes one through.</exception>
    internal RegistryPlan(
        IEnumerable<IsolationRule> rules, RegistryKey? writable, RegistryKey? data, IEnumerable<RegistryLayer> layers, RegistryKey foundation, string? userSid = null)
    {
        _userSid = userSid;
        foreach (var rule in rules.Where(rule => rule.IsRegistryKey))
        {
            if (rule.Mode == IsolationMode.PassThrough)
            {
                throw new VirtException(VirtErrorCode.SpecInvalid, $"'{rule.Path}' can't pass through: there is no live registry to write to.");
            }

            _rules.Add((Parse(rule.Path).TreePath, rule.Mode));
        }

        List<RegistryLayer> stack =
        [
            new(ViewPlan.WritableName, writable ?? new("")), new(ViewPlan.DataName, data ?? new("")), .. layers, new(RulesName, Mask(foundation)),
        ];
        foreach (var layer in stack)
        {
            _kinds[layer.Name] = PartyKind.Layer;
        }

        (_kinds[ViewPlan.WritableName], _kinds[ViewPlan.DataName]) = (PartyKind.Writable, PartyKind.Data);
        (_kinds[RulesName], _kinds[ViewPlan.BaseName]) = (PartyKind.Base, PartyKind.Base);
        Stack = new(stack, new(ViewPlan.BaseName, foundation));
    }

    /// <summary>The writable layer, the data layer, the layers and what rules hide, over the base.</summary>
    internal RegistryStack Stack { get; }

    /// <summary>How the application meets a key.</summary>
    /// <param name="path">The key's path in the layers' trees.</param>
    internal IsolationMode ModeOf(string path)
    {
        for (var i = _rules.Count - 1; i >= 0; i--)
        {
            if (RegistryPath.TryCut(path, _rules[i].Path, out _))
            {
                return _rules[i].Mode;
            }
        }

        return IsolationMode.Isolate;
    }

    /// <summary>Who gives a key or value, where a change would go, and why.</summary>
    /// <param name="path">The key's path, as Win32 or PowerShell writes it. Links are not followed: <see cref="RegistryView"/> does that.</param>
    /// <param name="value">The value's name, empty for the default value; null to ask for the key.</param>
    /// <exception cref="VirtException">It is no key's path.</exception>
    internal PathResolution Resolve(string path, string? value = null)
    {
        var place = Parse(path).TreePath;
        var explanation = Stack.Explain(place, value);
        var mode = ModeOf(place);
        var winner = explanation.GivenBy;
        return new()
        {
            Path = path,
            Place = place,
            Mode = mode,
            Exists = winner is not null,
            Winner = winner == RulesName ? ViewPlan.BaseName : winner,
            WinnerKind = winner is null ? null : _kinds[winner],
            WriterKind = mode == IsolationMode.Data ? PartyKind.Data : PartyKind.Writable,
            Parties = [.. explanation.Parties.Select(party => new ResolutionParty(party.Layer, _kinds[party.Layer], RoleOf(party.Role), Reason(party, value)))],
        };
    }

    /// <summary>Divides what the application has changed between the layer that a reset empties and the one that it doesn't.</summary>
    /// <param name="changes">A tree with marks.</param>
    internal (RegistryKey Writable, RegistryKey Data) Divide(RegistryKey changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var (writable, data) = (RegistryTree.CopyAlone(changes, ""), new RegistryKey(""));
        foreach (var subkey in changes.Subkeys)
        {
            Divide(subkey, subkey.Name, writable, data);
        }

        return (writable, data);
    }

    private void Divide(RegistryKey key, string path, RegistryKey writable, RegistryKey data)
    {
        var isData = ModeOf(path) == IsolationMode.Data;
        var (mine, other) = isData ? (data, writable) : (writable, data);
        var copy = RegistryTree.CopyAlone(key, key.Name);
        foreach (var value in key.Values)
        {
            copy.Set(value);
        }

        mine.Add(copy);
        var passing = new RegistryKey(key.Name);
        foreach (var subkey in key.Subkeys)
        {
            Divide(subkey, $@"{path}\{subkey.Name}", isData ? passing : copy, isData ? copy : passing);
        }

        if (passing.Subkeys.Count > 0)
        {
            other.Add(passing);
        }
    }

    /// <summary>What rules hide of the base, as a layer directly over it.</summary>
    private RegistryKey Mask(RegistryKey foundation)
    {
        var mask = new RegistryKey("");
        foreach (var (path, _) in _rules.OrderBy(rule => rule.Path.Length))
        {
            var mode = ModeOf(path);
            if (foundation.Find(path) is not { } key || ModeOf(ParentOf(path)) == IsolationMode.Hide == (mode == IsolationMode.Hide))
            {
                continue;
            }

            if (mode == IsolationMode.Hide)
            {
                // Where something of it is shown again, the key is there too, and else it is not.
                var isShownAgain = _rules.Any(rule => rule.Path.Length > path.Length && RegistryPath.TryCut(rule.Path, path, out _)
                    && ModeOf(rule.Path) != IsolationMode.Hide && foundation.Find(rule.Path) is not null);
                mask.Create(path).Mark = isShownAgain ? LayerMark.Supersede : LayerMark.Tombstone;
                RemoveIn(mask, path);
            }
            else
            {
                var parent = mask.Create(ParentOf(path));
                parent.Remove(key.Name);
                parent.Add(RegistryTree.Copy(key));
            }
        }

        return mask;
    }

    // A tombstone that a hidden key inside a copy left is enough; a copy brings all.
    private static void RemoveIn(RegistryKey mask, string path)
    {
        var key = mask.Find(path)!;
        foreach (var name in key.Subkeys.Select(subkey => subkey.Name).ToList())
        {
            key.Remove(name);
        }

        foreach (var name in key.Values.Select(value => value.Name).ToList())
        {
            key.RemoveValue(name);
        }
    }

    private RegistryPath Parse(string path) => RegistryPath.TryParse(path, _userSid, out var parsed) ? parsed : throw new VirtException(
        VirtErrorCode.ParameterInvalid, $"'{(path.Length > 200 ? path[..200] + "…" : path)}' is no registry key of HKLM, HKCU or HKU\\.DEFAULT; "
            + "HKCR is a view of Software\\Classes of the first two.");

    private static string ParentOf(string path) => path.LastIndexOf('\\') is >= 0 and var at ? path[..at] : "";

    private static PartyRole RoleOf(RegistryRole role) => role switch
    {
        RegistryRole.Gives => PartyRole.Gives,
        RegistryRole.Adds => PartyRole.Adds,
        RegistryRole.Deletes => PartyRole.Deletes,
        RegistryRole.Supersedes => PartyRole.Blocks,
        _ => PartyRole.Hidden,
    };

    private static string Reason(RegistryParty party, string? value) => party.Role switch
    {
        RegistryRole.Gives => value is null ? "its key is the topmost" : "its value is the topmost",
        RegistryRole.Adds => "its key is merged",
        RegistryRole.Deletes => party.Layer == RulesName ? $"a rule hides '{party.At}' of the system" : $"it deletes '{party.At}'",
        RegistryRole.Supersedes => party.Layer == RulesName ? $"a rule hides '{party.At}' of the system" : $"its key '{party.At}' hides those below",
        _ => "a party above hides it",
    };
}
