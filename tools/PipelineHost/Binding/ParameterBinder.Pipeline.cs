using System.Management.Automation;

namespace PipelineHost.Binding;

internal sealed partial class ParameterBinder
{
    private readonly Dictionary<CommandParameter, object?> _defaults = [];
    private readonly List<CommandParameter> _boundFromInput = [];
    private uint _setsBeforeInput = uint.MaxValue;

    /// <summary>Binds one object of the pipeline. False: no parameter took it.</summary>
    public bool BindInput(object? input)
    {
        bool done;
        try
        {
            done = TryInput(input);
            if (_names.Count > 1 && _currentSets == uint.MaxValue)
            {
                if (_names.Default == 0) throw Ambiguous();
                _currentSets = _names.Default;
            }
        }
        catch (ParameterBindingException)
        {
            RestoreDefaults();
            throw;
        }
        if (!done) RestoreDefaults();
        return done;
    }

    /// <summary>The mandatory parameters that the last object didn't bring.</summary>
    public List<CommandParameter> MissingAfterInput() => FindMissing(CountOf(_currentSets), false);

    private bool TryInput(object? input)
    {
        RestoreDefaults();
        _currentSets = _setsBeforeInput;
        uint valid = _preferredSet == 0 ? _currentSets : _preferredSet;
        bool done = false;
        for (int round = _preferredSet == 0 ? 1 : 0; round < 2; round++)
        {
            foreach (bool coerce in (bool[])[false, true])
                foreach (bool byProperty in (bool[])[false, true])
                {
                    if (!TryStep(input, byProperty, coerce, valid)) continue;
                    if (round == 1)
                    {
                        ValidateSets(true, true);
                        valid = _currentSets;
                    }
                    done = true;
                }
            if (round == 0)
            {
                if (_currentSets == _preferredSet) break;
                valid = _currentSets & ~_preferredSet;
            }
        }
        ValidateSets(false, true);
        return done;
    }

    private bool TryStep(object? input, bool byProperty, bool coerce, uint valid)
    {
        if ((_names.Default & valid) != 0)
        {
            if (TryStepInSets(input, byProperty, coerce, _names.Default)) return true;
            valid &= ~_names.Default;
        }
        return TryStepInSets(input, byProperty, coerce, valid);
    }

    private bool TryStepInSets(object? input, bool byProperty, bool coerce, uint sets)
    {
        bool done = false;
        for (int i = _unbound.Count - 1; i >= 0; i--)
        {
            CommandParameter parameter = _unbound[i];
            if (parameter.IsIn(sets) && parameter.SetsMatching(sets).Any(s => byProperty ? s.FromProperty : s.FromPipeline))
                done |= byProperty ? BindProperty(input, parameter, coerce) : BindFromInput(input, parameter, coerce);
        }
        return done;
    }

    private bool BindProperty(object? input, CommandParameter parameter, bool coerce)
    {
        if (input is null) return false;
        var shell = PSObject.AsPSObject(input);
        PSPropertyInfo? property = shell.Properties[parameter.Name] ?? parameter.Aliases.Select(a => shell.Properties[a])
            .FirstOrDefault(p => p is not null);
        return property is not null && BindFromInput(property.Value, parameter, coerce);
    }

    private bool BindFromInput(object? value, CommandParameter parameter, bool coerce)
    {
        if (!_defaults.ContainsKey(parameter)) _defaults[parameter] = parameter.Value;
        try
        {
            if (!Bind(parameter, value, coerce)) return false;
        }
        catch (ParameterBindingArgumentTransformationException e) when (e.InnerException is PSInvalidCastException
            || e.InnerException?.InnerException is PSInvalidCastException)
        {
            return false;
        }
        catch (ParameterBindingException e) when (e.MayFitElsewhere)
        {
            return false;
        }
        _boundFromInput.Add(parameter);
        return true;
    }

    private void RestoreDefaults()
    {
        foreach (CommandParameter parameter in _boundFromInput)
        {
            parameter.Value = _defaults[parameter];
            _bound.Remove(parameter);
            _unbound.Add(parameter);
        }
        _boundFromInput.Clear();
    }
}
