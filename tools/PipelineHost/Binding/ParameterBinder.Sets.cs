using System.Management.Automation;
using System.Numerics;

namespace PipelineHost.Binding;

internal sealed partial class ParameterBinder
{
    /// <summary>The set that objects from the pipeline are tried on first; 0 for none.</summary>
    private uint _preferredSet;

    private static int CountOf(uint sets) => sets == uint.MaxValue ? 1 : BitOperations.PopCount(sets);

    private void NameSet() => _cmdlet.ParameterSet = _names.NameOf(_currentSets);

    private ParameterBindingException Ambiguous() => Fault("AmbiguousParameterSet",
        "Parameter set cannot be resolved using the specified named parameters. One or more parameters issued cannot be used together "
        + "or an insufficient number of parameters were provided.", null);

    private bool InputCanDecide() => _unbound.Exists(p => p.TakesInput(_currentSets));

    /// <summary>Narrows the sets to one where that is decided; counts those still possible.</summary>
    private int ValidateSets(bool beforeInput, bool settle)
    {
        int count = CountOf(_currentSets);
        if (count == 0) throw Ambiguous();
        if (count > 1)
        {
            if (!beforeInput && (_currentSets & _names.Default) != 0)
            {
                _cmdlet.ParameterSet = _names.NameOf(_names.Default);
                if (!settle) return count;
                _currentSets = _names.Default;
                return 1;
            }
            if (beforeInput && InputCanDecide()) return count;
            return ResolveByMandatory();
        }
        if (_currentSets == uint.MaxValue)
        {
            count = Math.Max(_names.Count, 1);
            if (!(beforeInput && InputCanDecide()))
            {
                if (_names.Default != 0)
                {
                    if (settle)
                    {
                        _currentSets = _names.Default;
                        count = 1;
                    }
                }
                else if (count > 1) count = ResolveByMandatory();
            }
        }
        NameSet();
        return count;
    }

    /// <summary>The only set without a mandatory parameter still to bind.</summary>
    private int ResolveByMandatory()
    {
        uint rest = _currentSets & _names.All;
        foreach (ParameterSetData data in _unbound.SelectMany(p => p.Sets))
            if (data.Mandatory) rest &= ~data.Flag;
        if (CountOf(rest) != 1) throw Ambiguous();
        _currentSets = rest;
        NameSet();
        return 1;
    }

    private uint SetsTakingInput()
    {
        uint taking = 0;
        foreach (ParameterSetData data in _unbound.SelectMany(p => p.SetsMatching(_currentSets)).Where(s => s.FromInput))
        {
            if (data.InAllSets) return _currentSets;
            taking |= data.Flag;
        }
        return taking == 0 ? _currentSets : _currentSets & taking;
    }

    /// <summary>The mandatory parameters that can't come any more; settles on sets by what the pipeline may still bring.</summary>
    private List<CommandParameter> FindMissing(int validCount, bool expectsInput)
    {
        var result = new List<CommandParameter>();
        var bySet = new Dictionary<uint, MissingMandatory>();
        uint mandatorySets = 0;
        bool inAllSets = false;
        foreach (CommandParameter parameter in _unbound.Where(p => p.IsMandatorySomewhere))
        {
            bool missing = false;
            foreach (ParameterSetData data in parameter.SetsMatching(_currentSets).Where(s => s.Mandatory))
            {
                Note(bySet, parameter, data, expectsInput);
                missing = true;
                if (data.InAllSets) inAllSets = true;
                else mandatorySets |= _currentSets & data.Flag;
            }
            if (missing && !expectsInput) result.Add(parameter);
        }
        if (bySet.Count == 0 || !expectsInput) return result;

        if (mandatorySets == 0) mandatorySets = _currentSets;
        if (inAllSets) mandatorySets = _currentSets & (_names.All == 0 ? uint.MaxValue : _names.All);
        uint standard = _names.Default;
        if (validCount > 1 && standard != 0 && (standard & mandatorySets) == 0 && (standard & _currentSets) != 0)
        {
            if (!bySet.Values.Any(m => (m.Set & _currentSets) != 0 && (m.Set & standard) == 0 && !m.IsAll && m.FromInput.Count > 0))
            {
                mandatorySets = _currentSets & ~mandatorySets;
                _currentSets = mandatorySets;
                if (_currentSets == standard) NameSet();
                else _preferredSet = standard;
            }
        }

        int mandatoryCount = CountOf(mandatorySets);
        if (mandatoryCount == 0) throw Ambiguous();
        if (mandatoryCount == 1) result.AddRange(NotFromInput(bySet, mandatorySets));
        else if (_preferredSet == 0)
        {
            if (standard != 0 && (mandatorySets & standard) != 0 && SettlesOnDefault(bySet))
            {
                _currentSets = standard;
                NameSet();
                result.AddRange(NotFromInput(bySet, standard));
            }
            else SettleOnInput(bySet, mandatorySets, result);
        }
        return result;
    }

    private void Note(Dictionary<uint, MissingMandatory> bySet, CommandParameter parameter, ParameterSetData data, bool expectsInput)
    {
        uint flag = data.InAllSets ? uint.MaxValue : data.Flag;
        if (!bySet.TryGetValue(flag, out MissingMandatory? missing)) bySet[flag] = missing = new MissingMandatory(flag,
            (_names.Default & flag) != 0);
        if (!expectsInput || !data.FromInput)
        {
            missing.NotFromInput.Add(parameter);
            return;
        }
        missing.FromInput.Add(parameter);
        if (data.FromPipeline) missing.FromPipeline.Add(parameter);
        if (data.FromProperty) missing.FromProperty.Add(parameter);
    }

    private static IEnumerable<CommandParameter> NotFromInput(Dictionary<uint, MissingMandatory> bySet, uint sets) =>
        bySet.Values.Where(m => m.IsIn(sets)).SelectMany(m => m.NotFromInput).Distinct();

    private bool SettlesOnDefault(Dictionary<uint, MissingMandatory> bySet)
    {
        IEnumerable<MissingMandatory> others = bySet.Values.Where(m => !m.IsAll && !m.IsDefault);
        bool otherTakesInput = others.Any(m => m.FromInput.Count > 0 && m.NotFromInput.Count == 0);
        bool otherTakesProperty = others.Any(m => m.FromProperty.Count > 0);
        if (bySet.TryGetValue(_names.Default, out MissingMandatory? own))
        {
            if (own.FromProperty.Count > 0 && !otherTakesProperty) return true;
            if (own.FromInput.Count > 0 && !otherTakesInput) return true;
        }
        return !otherTakesInput || (bySet.TryGetValue(uint.MaxValue, out MissingMandatory? all) && all.NotFromInput.Count > 0);
    }

    private void SettleOnInput(Dictionary<uint, MissingMandatory> bySet, uint mandatorySets, List<CommandParameter> result)
    {
        uint[] byValue = [.. bySet.Values.Where(m => !m.IsAll && m.IsIn(mandatorySets) && m.FromPipeline.Count > 0).Select(m => m.Set)];
        uint[] byProperty = [.. bySet.Values.Where(m => !m.IsAll && m.IsIn(mandatorySets) && m.FromProperty.Count > 0).Select(m => m.Set)];
        uint value = byValue is [var v] ? v : 0;
        uint property = byProperty is [var p] ? p : 0;
        uint chosen = byValue.Length > 0 && byProperty.Length > 0 ? (value == property ? value : 0) : byValue.Length > 0 ? value : property;
        if (chosen == 0)
        {
            MissingMandatory[] lacking = [.. bySet.Values.Where(m => m.IsIn(mandatorySets) && m.NotFromInput.Count > 0)];
            if (lacking.Length == 0) return;
            if (value == 0)
            {
                if (byValue.Length < 2 && byProperty.Length < 2) throw Ambiguous();
                uint hopeless = lacking.Where(m => !m.IsAll).Aggregate(0u, (sets, m) => sets | m.Set);
                if (hopeless == 0) return;
                Exclude(hopeless);
                if (_currentSets == 0) throw Ambiguous();
                if (CountOf(_currentSets) == 1) NameSet();
                return;
            }
            chosen = value;
        }

        result.AddRange(NotFromInput(bySet, chosen));
        if (bySet.TryGetValue(chosen, out MissingMandatory? own) && own.NotFromInput.Count > 0)
        {
            _currentSets = chosen;
            NameSet();
            return;
        }
        Exclude(bySet.Values.Where(m => !m.IsIn(chosen)).Aggregate(0u, (sets, m) => sets | m.Set));
        NameSet();
        if (_currentSets != chosen) _preferredSet = chosen;
    }

    private void Exclude(uint sets)
    {
        if (sets != 0) _currentSets = (_currentSets == uint.MaxValue ? _names.All : _currentSets) & ~sets;
    }
}
