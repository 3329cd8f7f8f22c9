using System.Collections;
using System.Management.Automation;

namespace PipelineHost.Binding;

/// <summary>
/// Binds the arguments of one call, then the objects of its pipeline, to parameters. It follows PowerShell's own order of steps, because
/// which parameter gets what depends on it: names, positions, dynamic parameters, the rest, sets, mandatory parameters; then per object
/// by value and by property name, first without and then with conversion.
/// </summary>
internal sealed partial class ParameterBinder
{
    private readonly Cmdlet _cmdlet;
    private readonly InvocationInfo _invocation;
    private readonly EngineIntrinsics _engine;
    private readonly ParameterSetNames _names;
    private readonly List<CommandParameter> _parameters = [];
    private readonly List<CommandParameter> _unbound = [];
    private readonly HashSet<CommandParameter> _bound = [];
    private List<Argument> _arguments = [];
    private uint _currentSets = uint.MaxValue;

    public ParameterBinder(Cmdlet cmdlet, CmdletAttribute declaration, CommonParameters common, ShouldProcessParameters? shouldProcess,
        EngineIntrinsics engine)
    {
        _cmdlet = cmdlet;
        _engine = engine;
        _invocation = cmdlet.Invocation;
        _names = new ParameterSetNames(declaration.DefaultParameterSetName);
        Add(CommandParameter.Of(cmdlet, _names, ParameterOrigin.Declared));
        Add(CommandParameter.Of(common, _names, ParameterOrigin.Common));
        if (shouldProcess is not null) Add(CommandParameter.Of(shouldProcess, _names, ParameterOrigin.ShouldProcess));
    }

    /// <summary>Whether a parameter was bound, by any way.</summary>
    public bool IsBound(string name) => _invocation.BoundParameters.ContainsKey(name);

    public void BindArguments(IEnumerable<Argument> given, bool expectsInput)
    {
        _arguments = [.. given];
        BindNamed();
        ParameterBindingException? positional = BindPositional();
        if (_cmdlet is IDynamicParameters source && AddDynamic(source))
        {
            BindNamed();
            positional = BindPositional() ?? positional;
        }
        BindRest();
        RefuseLeftOver(positional);

        int count = ValidateSets(expectsInput, !expectsInput);
        if (count > 1 && expectsInput)
        {
            uint taking = SetsTakingInput();
            if (taking != _currentSets)
            {
                _currentSets = taking;
                count = ValidateSets(true, false);
            }
        }
        List<CommandParameter> missing = FindMissing(count, expectsInput);
        if (missing.Count > 0)
            throw Fault("MissingMandatoryParameter",
                $"Cannot process command because of one or more missing mandatory parameters: {NamesOf(missing)}.", null);
        _setsBeforeInput = _currentSets;
    }

    public static string NamesOf(IEnumerable<CommandParameter> parameters) => string.Join(' ', parameters.Select(p => p.Name));

    private void Add(IEnumerable<CommandParameter> more)
    {
        foreach (CommandParameter parameter in more)
        {
            _parameters.Add(parameter);
            _unbound.Add(parameter);
        }
    }

    private bool AddDynamic(IDynamicParameters source)
    {
        object? dynamic;
        try
        {
            dynamic = source.GetDynamicParameters();
        }
        catch (Exception e)
        {
            throw new ParameterBindingException($"Cannot retrieve the dynamic parameters for the cmdlet. {e.Message}",
                "GetDynamicParametersException",
                ErrorCategory.InvalidArgument, null, _invocation, e);
        }
        if (dynamic is null) return false;
        if (dynamic is RuntimeDefinedParameterDictionary runtime) Add(runtime.Values.Select(p => CommandParameter.Of(p, _names)));
        else Add(CommandParameter.Of(dynamic, _names, ParameterOrigin.Dynamic));
        return true;
    }

    private ParameterBindingException Fault(string id, string message, string? parameter) =>
        new(message, id, ErrorCategory.InvalidArgument, parameter, _invocation);

    // ---- Names ---------------------------------------------------------------------------------------------------

    private CommandParameter? Match(string name)
    {
        CommandParameter? exact = _parameters.Find(p => Is(p.Name) || p.Aliases.Any(Is));
        if (exact is not null) return exact;
        List<CommandParameter> found = _parameters.FindAll(p => Starts(p.Name) || p.Aliases.Any(Starts));
        if (found.Count > 1 && found.FindAll(p => p.Origin != ParameterOrigin.Common) is { Count: 1 } own) found = own;
        if (found.Count > 1)
            throw Fault("AmbiguousParameter", $"Parameter cannot be processed because the parameter name '{name}' is ambiguous. "
                + $"Possible matches include: {string.Join(' ', found.Select(p => "-" + p.Name))}.", name);
        return found.FirstOrDefault();

        bool Is(string candidate) => string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase);

        bool Starts(string candidate) => candidate.StartsWith(name, StringComparison.OrdinalIgnoreCase);
    }

    private void BindNamed()
    {
        JoinNamesAndValues();
        var left = new List<Argument>();
        foreach (Argument argument in _arguments)
        {
            CommandParameter? parameter = argument.Name is null ? null : Match(argument.Name);
            if (parameter is null)
            {
                left.Add(argument);
                continue;
            }
            if (_bound.Contains(parameter))
                throw Fault("ParameterAlreadyBound",
                    $"Cannot bind parameter because parameter '{parameter.Name}' is specified more than once. "
                    + "To provide multiple values to parameters that can accept multiple values, use the array syntax. "
                    + "For example, \"-parameter value1,value2,value3\".", parameter.Name);
            Bind(parameter, argument.Value, true);
        }
        _arguments = left;
    }

    /// <summary>Gives every known name without a value the argument after it.</summary>
    private void JoinNamesAndValues()
    {
        var joined = new List<Argument>();
        for (int i = 0; i < _arguments.Count; i++)
        {
            Argument argument = _arguments[i];
            CommandParameter? parameter = argument.Name is null || argument.HasValue ? null : Match(argument.Name);
            if (parameter is null) joined.Add(argument);
            else if (parameter.Type == typeof(SwitchParameter)) joined.Add(argument.With(SwitchParameter.Present));
            else
            {
                Argument? next = i + 1 < _arguments.Count ? _arguments[++i] : null;
                if (next is null || (next.Name is not null && (next.HasValue || Match(next.Name) is not null)))
                    throw Fault("MissingArgument", $"Missing an argument for parameter '{parameter.Name}'. "
                        + $"Specify a parameter of type '{parameter.Type}' and try again.", parameter.Name);
                joined.Add(argument.With(next.Name is null ? next.Value : next.Text));
            }
        }
        _arguments = joined;
    }

    // ---- Positions -----------------------------------------------------------------------------------------------

    /// <returns>Why the last argument that found no place did not fit, if that is known.</returns>
    private ParameterBindingException? BindPositional()
    {
        ParameterBindingException? reason = null;
        var left = new List<Argument>();
        int next = 0;
        foreach (int position in PositionsOf(_currentSets))
        {
            List<CommandParameter> here = At(position, _currentSets);
            if (here.Count == 0) continue;
            Argument? argument = NextPositional(left, ref next);
            if (argument is null) break;
            reason = null;
            if (!BindAt(here, argument.Value, ref reason)) left.Add(argument);
        }
        left.AddRange(_arguments.Skip(next));
        _arguments = left;
        return reason;
    }

    private List<int> PositionsOf(uint sets) =>
        [.. _unbound.SelectMany(p => p.SetsMatching(sets)).Where(s => s.IsPositional && !s.FromRest).Select(s => s.Position).Distinct()
            .Order()];

    private List<CommandParameter> At(int position, uint sets) =>
        _unbound.FindAll(p => p.SetsMatching(sets).Any(s => s.Position == position && !s.FromRest));

    /// <summary>An unknown name keeps the value after it.</summary>
    private Argument? NextPositional(List<Argument> left, ref int next)
    {
        while (next < _arguments.Count)
        {
            Argument argument = _arguments[next++];
            if (argument.Name is null) return argument;
            left.Add(argument);
            if (!argument.HasValue && next < _arguments.Count && _arguments[next].Name is null) left.Add(_arguments[next++]);
        }
        return null;
    }

    private bool BindAt(List<CommandParameter> here, object? value, ref ParameterBindingException? reason)
    {
        foreach (bool coerce in (bool[])[false, true])
        {
            uint sets = _currentSets;
            if ((_names.Default & sets) != 0 && BindAtInSets(here, _names.Default, value, coerce, ref reason)) return true;
            if (BindAtInSets(here, sets, value, coerce, ref reason)) return true;
        }
        return false;
    }

    private bool BindAtInSets(List<CommandParameter> here, uint sets, object? value, bool coerce, ref ParameterBindingException? reason)
    {
        bool done = false;
        foreach (CommandParameter parameter in here.Where(p => p.IsIn(sets)))
        {
            try
            {
                done |= Bind(parameter, value, coerce);
            }
            catch (ParameterBindingException e) when (e.MayFitElsewhere)
            {
                reason = e;
            }
        }
        return done;
    }

    private void BindRest()
    {
        if (_arguments.Count == 0) return;
        CommandParameter? rest = _unbound.Find(p => p.SetsMatching(_currentSets).Any(s => s.FromRest));
        if (rest is null) return;
        var values = new List<object?>();
        foreach (Argument argument in _arguments)
        {
            if (argument.Name is not null) values.Add(argument.Text);
            if (argument.HasValue) values.Add(argument.Value);
        }
        Bind(rest, values is [var only] && PSObject.Base(only) is IEnumerable and not string and not IDictionary ? only : values, true);
        _arguments = [];
    }

    private void RefuseLeftOver(ParameterBindingException? positional)
    {
        if (_arguments.Count == 0) return;
        Argument first = _arguments[0];
        if (first.Name is not null)
            throw Fault("NamedParameterNotFound", $"A parameter cannot be found that matches parameter name '{first.Name}'.", first.Name);
        if (positional is not null) throw positional;
        throw Fault("PositionalParameterNotFound",
            $"A positional parameter cannot be found that accepts argument '{PSObject.ToStringInvariant(first.Value)}'.", null);
    }

    // ---- One parameter -------------------------------------------------------------------------------------------

    /// <summary>Transforms, converts, validates and sets. False: without conversion it does not fit.</summary>
    private bool Bind(CommandParameter parameter, object? value, bool coerce)
    {
        if (parameter.IsRefused) throw new NotSupportedByHostException($"{_invocation.MyCommand.Name} -{parameter.Name}");
        value = Transform(parameter, value);
        if (coerce) value = ArgumentConversion.Coerce(parameter, value, _invocation);
        else if (!ArgumentConversion.Fits(parameter, ref value)) return false;
        Validate(parameter, value);
        if (parameter.IsMandatorySomewhere) RefuseEmpty(parameter, parameter.Type, value, true);
        Set(parameter, value);
        _invocation.BoundParameters[parameter.Name] = value;
        if (parameter.SetFlags != 0 && !parameter.InAllSets) _currentSets &= parameter.SetFlags;
        _unbound.Remove(parameter);
        _bound.Add(parameter);
        return true;
    }

    private object? Transform(CommandParameter parameter, object? value)
    {
        foreach (ArgumentTransformationAttribute transformation in parameter.Transformations)
        {
            try
            {
                value = transformation.Transform(_engine, value);
            }
            catch (Exception e)
            {
                throw new ParameterBindingArgumentTransformationException(
                    $"Cannot process argument transformation on parameter '{parameter.Name}'. {e.Message}",
                    "ParameterArgumentTransformationError", parameter.Name, _invocation, e);
            }
        }
        return value;
    }

    private void Validate(CommandParameter parameter, object? value)
    {
        foreach (ValidateArgumentsAttribute validator in parameter.Validators)
        {
            try
            {
                validator.InternalValidate(value, _engine);
            }
            catch (Exception e)
            {
                throw new ParameterBindingValidationException($"Cannot validate argument on parameter '{parameter.Name}'. {e.Message}",
                    "ParameterArgumentValidationError", parameter.Name, _invocation, e);
            }
        }
    }

    private void RefuseEmpty(CommandParameter parameter, Type type, object? value, bool elements)
    {
        if (value is null)
        {
            if (type != typeof(bool?) && !parameter.AllowsNull) throw Empty("NullNotAllowed", "it is null");
            return;
        }
        if (type == typeof(string))
        {
            if (value is "" && !parameter.AllowsEmptyString) throw Empty("EmptyStringNotAllowed", "it is an empty string");
            return;
        }
        if (!elements || parameter.Collection == CollectionKind.None || PSObject.Base(value) is not IEnumerable list) return;
        bool any = false;
        foreach (object? item in list)
        {
            any = true;
            if (parameter.ElementType is null or { IsValueType: false }) RefuseEmpty(parameter, parameter.ElementType ?? typeof(object),
                item, false);
        }
        if (!any && !parameter.AllowsEmptyCollection)
            throw parameter.Collection == CollectionKind.Array
                ? Empty("EmptyArrayNotAllowed", "it is an empty array")
                : Empty("EmptyCollectionNotAllowed", "it is an empty collection");

        ParameterBindingValidationException Empty(string id, string reason) =>
            new($"Cannot bind argument to parameter '{parameter.Name}' because {reason}.", "ParameterArgumentValidationError" + id,
                parameter.Name, _invocation);
    }

    private void Set(CommandParameter parameter, object? value)
    {
        try
        {
            if (value is null && parameter.Type.IsValueType && Nullable.GetUnderlyingType(parameter.Type) is null)
                throw new PSInvalidCastException($"Cannot convert null to type \"{parameter.Type}\".");
            parameter.Value = value;
        }
        catch (Exception e) when (e is not NotSupportedByHostException)
        {
            throw new ParameterBindingException($"Cannot bind parameter '{parameter.Name}' to the target. Exception setting "
                + $"\"{parameter.Name}\": \"{e.Message}\"",
                "ParameterBindingFailed", ErrorCategory.WriteError, parameter.Name, _invocation, e);
        }
    }
}
