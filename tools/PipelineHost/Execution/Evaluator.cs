using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Text;
using PipelineHost.Binding;
using PipelineHost.Language.Syntax;

namespace PipelineHost.Execution;

/// <summary>Runs statements and computes expressions.</summary>
internal sealed class Evaluator(Session session)
{
    public void Run(Statement statement, Action<object?> output)
    {
        if (statement.Variable is null)
        {
            Run(statement.Pipeline, output);
            return;
        }
        object? value = Value(statement.Pipeline);
        if (!string.Equals(statement.Variable, "null", StringComparison.OrdinalIgnoreCase)) session.Variables[statement.Variable] = value;
    }

    /// <summary>A pipeline's value: that of its only expression, or what it writes.</summary>
    private object? Value(Pipeline pipeline)
    {
        if (pipeline.Commands.Count == 0) return Evaluate(pipeline.Source!);
        var written = new List<object?>();
        Run(pipeline, written.Add);
        return Collected(written);
    }

    private static object? Collected(List<object?> written) =>
        written.Count switch { 0 => AutomationNull.Value, 1 => written[0], _ => written.ToArray() };

    private void Run(Pipeline pipeline, Action<object?> output)
    {
        if (pipeline.Commands.Count == 0)
        {
            foreach (object? item in Enumerate(Evaluate(pipeline.Source!))) output(item);
            return;
        }
        var commands = pipeline.Commands.Select(c => (c, session.Commands.Resolve(c.Name, c.Position))).ToList();
        var processor = new PipelineProcessor(session, pipeline.Source is not null);
        foreach ((CommandElement element, CmdletInfo command) in commands) processor.Add(command, element,
            [.. element.Arguments.Select(Bindable)]);
        processor.Run(pipeline.Source is null ? null : Enumerate(Evaluate(pipeline.Source)), output);
    }

    /// <summary>The objects that a value gives to a pipeline.</summary>
    private static IEnumerable<object?> Enumerate(object? value)
    {
        if (ReferenceEquals(value, AutomationNull.Value)) return [];
        return LanguagePrimitives.GetEnumerable(value) is { } list ? list.Cast<object?>() : [value];
    }

    private Argument Bindable(CommandArgument argument)
    {
        if (argument.Value is null) return new Argument { Name = argument.Name, Text = argument.Text };
        object? value = argument.Value is ConstantExpression { Text: { } text, Value: var number }
            ? new PSObject(number) { TokenText = text }
            : Evaluate(argument.Value);
        return new Argument { Name = argument.Name, Text = argument.Text, HasValue = true,
            Value = ReferenceEquals(value, AutomationNull.Value) ? null : value };
    }

    public object? Evaluate(Expression expression)
    {
        switch (expression)
        {
            case ConstantExpression constant: return constant.Value;
            case VariableExpression variable: return Variable(variable.Name);
            case EnvironmentExpression environment: return Environment.GetEnvironmentVariable(environment.Name);
            case ExpandableExpression expandable:
                var text = new StringBuilder();
                foreach (Expression part in expandable.Parts) text.Append(PSObject.ToStringInvariant(Evaluate(part)));
                return text.ToString();
            case MemberExpression member: return Members.Get(Evaluate(member.Target), PSObject.ToStringInvariant(Evaluate(member.Name)),
                member.Position);
            case IndexExpression index: return Members.Index(Evaluate(index.Target), Evaluate(index.Index), index.Position);
            case ArrayLiteralExpression array: return array.Items.Select(i => Plain(Evaluate(i))).ToArray();
            case ParenExpression paren: return Value(paren.Pipeline);
            case SubExpression sub: return Collected(Collect(sub.Statements));
            case ArrayExpression { Statements: [{ Variable: null,
                Pipeline: { Commands.Count: 0, Source: ArrayLiteralExpression items } }] }: return Evaluate(items);
            case ArrayExpression array: return Collect(array.Statements).ToArray();
            case HashExpression hash: return Hash(hash);
            default: throw new InvalidOperationException($"There is no rule for {expression.GetType().Name}.");
        }
    }

    private static object? Plain(object? value) => ReferenceEquals(value, AutomationNull.Value) ? null : value;

    private object? Variable(string name) => name.ToUpperInvariant() switch
    {
        "TRUE" => true,
        "FALSE" => false,
        "NULL" => null,
        "PWD" => session.State.Path.CurrentLocation,
        _ => session.Variables.GetValueOrDefault(name),
    };

    private List<object?> Collect(IReadOnlyList<Statement> statements)
    {
        var written = new List<object?>();
        foreach (Statement statement in statements) Run(statement, written.Add);
        return written;
    }

    private object Hash(HashExpression hash)
    {
        if (hash.Kind == HashKind.CustomObject)
        {
            var made = new PSObject();
            foreach ((Expression key, Pipeline value) in hash.Entries)
                made.Properties.Add(new PSNoteProperty(PSObject.ToStringInvariant(Evaluate(key)), Plain(Value(value))));
            return made;
        }
        IDictionary map = hash.Kind == HashKind.Ordered
            ? new OrderedDictionary(StringComparer.OrdinalIgnoreCase)
            : new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach ((Expression key, Pipeline value) in hash.Entries)
        {
            object name = PSObject.Base(Evaluate(key))
                ?? throw new RuntimeException("A null key is not allowed in a hash literal.", null, "InvalidNullKey",
                    ErrorCategory.InvalidOperation);
            if (map.Contains(name))
                throw new RuntimeException($"Item has already been added. Key in dictionary: '{name}'.", null,
                "DuplicateKeyInHashLiteral", ErrorCategory.InvalidOperation);
            map.Add(name, Plain(Value(value)));
        }
        return map;
    }
}
