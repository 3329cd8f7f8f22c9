using System.Globalization;
using System.Management.Automation;
using System.Text;
using PipelineHost.Language.Syntax;

namespace PipelineHost.Language;

/// <summary>Reads the part of PowerShell's language that this host runs; everything else is refused by name.</summary>
internal sealed class Parser
{
    private const int MaxDepth = 100;
    private static readonly HashSet<string> Keywords = new(StringComparer.OrdinalIgnoreCase)
    {
        "begin", "break", "catch", "class", "configuration", "continue", "data", "define", "do", "dynamicparam", "else", "elseif", "end",
            "enum",
        "exit", "filter", "finally", "for", "foreach", "from", "function", "hidden", "if", "in", "parallel", "param", "process", "return",
        "sequence", "static", "switch", "throw", "trap", "try", "until", "using", "var", "while", "workflow", "clean",
    };

    private readonly string _text;
    private readonly List<CommandElement> _commandsRead = [];
    private int _at;
    private int _depth;

    private Parser(string text) => _text = text;

    public static Script Parse(string script)
    {
        var parser = new Parser(script.Replace("\r\n", "\n", StringComparison.Ordinal));
        return new Script(parser.Statements('\0'), parser._commandsRead);
    }

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    private char Peek(int ahead = 1) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    private bool AtEnd => _at >= _text.Length;

    private Position Here => PositionOf(_at);

    private Position PositionOf(int offset)
    {
        ReadOnlySpan<char> before = _text.AsSpan(0, Math.Min(offset, _text.Length));
        return new Position(before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
    }

    private NotSupportedByHostException Refuse(string what) => new(what, Here);

    private ScriptParseException Fault(string id, string message) => new(id, message, Here);

    // ---- Statements and pipelines --------------------------------------------------------------------------------

    private List<Statement> Statements(char end)
    {
        if (++_depth > MaxDepth) throw Refuse($"nesting deeper than {MaxDepth}");
        var statements = new List<Statement>();
        while (true)
        {
            SkipBlank(true, true);
            if (AtEnd)
            {
                if (end != '\0')
                    throw Fault(end == ')' ? "MissingEndParenthesisInExpression" : "MissingEndCurlyBrace", $"Missing closing '{end}'.");
                break;
            }
            if (Current == end) break;
            statements.Add(ReadStatement());
            SkipBlank(false, false);
            if (!AtEnd && Current != '\n' && Current != ';' && Current != end) throw Unexpected();
        }
        _depth--;
        return statements;
    }

    private Statement ReadStatement()
    {
        Position start = Here;
        if (Current == '$' && TryAssignmentTarget(out string? variable))
        {
            SkipBlank(true, false);
            return new Statement(start, variable, ReadPipeline());
        }
        return new Statement(start, null, ReadPipeline());
    }

    private bool TryAssignmentTarget(out string? variable)
    {
        int start = _at;
        variable = null;
        if (Peek() == '(') return false;
        if (ReadVariable() is VariableExpression target)
        {
            SkipBlank(false, false);
            if (Current == '=')
            {
                if (Automatic.IsReadOnly(target.Name)) throw Refuse($"assignment to ${target.Name}");
                _at++;
                variable = target.Name;
                return true;
            }
        }
        _at = start;
        return false;
    }

    private Pipeline ReadPipeline()
    {
        Position start = Here;
        Expression? source = null;
        var commands = new List<CommandElement>();
        while (true)
        {
            if (Current == '|') throw Fault("EmptyPipeElement", "An empty pipe element is not allowed.");
            if (StartsExpression())
            {
                Expression expression = ReadExpression();
                if (commands.Count > 0)
                    throw new ScriptParseException("ExpressionsMustBeFirstInPipeline",
                    "Expressions are only allowed as the first element of a pipeline.", expression.Position);
                source = expression;
            }
            else commands.Add(ReadCommand(source is null && commands.Count == 0));
            SkipBlank(false, false);
            if (Current == '&') throw Refuse(Peek() == '&' ? "&&" : "background pipeline (&)");
            if (Current != '|') break;
            if (Peek() == '|') throw Refuse("||");
            _at++;
            SkipBlank(true, false);
            if (AtEnd || Current is ';' or ')' or '}') throw Fault("EmptyPipeElement", "An empty pipe element is not allowed.");
        }
        return new Pipeline(start, source, commands);
    }

    private bool StartsExpression()
    {
        if (Current is '$' or '\'' or '"' or '(' or '@' or '[' || (Current == '-' && (char.IsAsciiDigit(Peek()) || Peek() == '.')))
            return true;
        if (Current == '{') throw Refuse("script block { }");
        if (Current is ',' or '!' or '+' or '-') throw Refuse($"operator {OperatorAhead()}");
        return NumberAhead() is not null;
    }

    /// <summary>The number literal that starts here and ends where an expression's number may end.</summary>
    private (string Text, object Value)? NumberAhead()
    {
        int end = _at + (Current == '-' ? 1 : 0);
        if (end >= _text.Length || !(char.IsAsciiDigit(_text[end]) || _text[end] == '.')) return null;
        while (end < _text.Length
            && (char.IsLetterOrDigit(_text[end]) || (_text[end] == '.' && (end + 1 >= _text.Length || _text[end + 1] != '.'))
            || (_text[end] is '+' or '-' && _text[end - 1] is 'e' or 'E'
                && !_text.AsSpan(_at, end - _at).StartsWith("0x", StringComparison.OrdinalIgnoreCase)))) end++;
        string token = _text[_at..end];
        return NumberLiteral.TryParse(token, out object? value) ? (token, value!) : null;
    }

    private ScriptParseException Unexpected() => Fault("UnexpectedToken", $"Unexpected token '{Current}'.");

    // ---- Expressions ---------------------------------------------------------------------------------------------

    private Expression ReadExpression()
    {
        Position start = Here;
        var items = new List<Expression> { ReadItem() };
        SkipBlank(false, false);
        while (Current == ',')
        {
            _at++;
            SkipBlank(true, false);
            items.Add(ReadItem());
            SkipBlank(false, false);
        }
        RefuseOperator();
        return items.Count == 1 ? items[0] : new ArrayLiteralExpression(start, items);
    }

    private void RefuseOperator()
    {
        if (AtEnd || Current is '\n' or ';' or '|' or ')' or '}' or ']' or '&') return;
        if (Current is '>' or '<') throw Refuse("redirection");
        if (Current is '-' or '+' or '*' or '/' or '%' or '=' or '.' or '?' or '!') throw Refuse($"operator {OperatorAhead()}");
        throw Unexpected();
    }

    private string OperatorAhead()
    {
        int end = _at + 1;
        if (Current == '-' && char.IsLetter(Peek())) while (end < _text.Length && char.IsLetter(_text[end])) end++;
        else if (Peek() == '=' || (Peek() == Current && Current is '+' or '-' or '.' or '?')) end++;
        return _text[_at..end];
    }

    private Expression ReadItem()
    {
        if (++_depth > MaxDepth) throw Refuse($"nesting deeper than {MaxDepth}");
        if (NumberAhead() is { } number)
        {
            var constant = new ConstantExpression(Here, number.Value, number.Text);
            _at += number.Text.Length;
            _depth--;
            return ReadPostfix(constant);
        }
        Expression item = Current switch
        {
            '$' when Peek() == '(' => ReadSubExpression(),
            '$' => ReadVariable(),
            '\'' => ReadSingleQuoted(),
            '"' => ReadDoubleQuoted(),
            '(' => ReadParenthesised(),
            '@' => ReadAt(),
            '[' => ReadCast(),
            '{' => throw Refuse("script block { }"),
            '!' or '+' or '-' or ',' => throw Refuse($"operator {Current}"),
            _ => throw Unexpected(),
        };
        _depth--;
        return ReadPostfix(item);
    }

    private Expression ReadPostfix(Expression target)
    {
        while (true)
        {
            Position start = Here;
            if (Current == '.' && Peek() != '.')
            {
                _at++;
                Expression name = Current switch
                {
                    '\'' => ReadSingleQuoted(),
                    '"' => ReadDoubleQuoted(),
                    _ when char.IsLetter(Current) || Current == '_' => new ConstantExpression(Here, ReadWord()),
                    _ => throw Refuse($"member name {Current}"),
                };
                if (Current == '(') throw new NotSupportedByHostException("method call", start);
                target = new MemberExpression(start, target, name);
            }
            else if (Current == '[')
            {
                _at++;
                SkipBlank(true, false);
                Expression index = ReadExpression();
                SkipBlank(true, false);
                if (Current != ']') throw Fault("MissingEndSquareBracket", "Missing ] after array index expression.");
                _at++;
                target = new IndexExpression(start, target, index);
            }
            else if (Current == ':' && Peek() == ':') throw Refuse("static member ::");
            else if (Current is '+' or '-' && Peek() == Current) throw Refuse($"operator {Current}{Current}");
            else if (Current == '?' && Peek() is '.' or '[') throw Refuse($"operator ?{Peek()}");
            else return target;
        }
    }

    private string ReadWord()
    {
        int start = _at;
        while (char.IsLetterOrDigit(Current) || Current == '_') _at++;
        return _text[start.._at];
    }

    private ParenExpression ReadParenthesised()
    {
        Position start = Here;
        _at++;
        SkipBlank(true, false);
        if (Current == ')') throw Fault("ExpectedExpression", "An expression was expected after '('.");
        if (Current == '$')
        {
            int begin = _at;
            if (Peek() != '(' && TryAssignmentTarget(out _)) throw Refuse("assignment in parentheses");
            _at = begin;
        }
        Pipeline pipeline = ReadPipeline();
        SkipBlank(true, false);
        if (Current != ')') throw Fault("MissingEndParenthesisInExpression", "Missing closing ')' in expression.");
        _at++;
        return new ParenExpression(start, pipeline);
    }

    private SubExpression ReadSubExpression()
    {
        Position start = Here;
        _at += 2;
        List<Statement> statements = Statements(')');
        _at++;
        return new SubExpression(start, statements);
    }

    private Expression ReadAt()
    {
        Position start = Here;
        switch (Peek())
        {
            case '(':
                _at += 2;
                List<Statement> statements = Statements(')');
                _at++;
                return new ArrayExpression(start, statements);
            case '{': return ReadHash(HashKind.Hashtable);
            case '\'' or '"': return ReadHereString();
            default: throw Refuse("splatting");
        }
    }

    private HashExpression ReadCast()
    {
        int end = _text.IndexOf(']', _at);
        string name = end < 0 ? _text[_at..] : _text[(_at + 1)..end].Trim();
        HashKind? kind = name.ToUpperInvariant() switch { "PSCUSTOMOBJECT" => HashKind.CustomObject, "ORDERED" => HashKind.Ordered, _ =>
            null };
        if (kind is null || end < 0) throw Refuse($"type literal [{name.Split('\n')[0]}]");
        int after = end + 1;
        while (after < _text.Length && _text[after] is ' ' or '\t') after++;
        if (after + 1 >= _text.Length || _text[after] != '@' || _text[after + 1] != '{') throw Refuse($"[{name}] without a hash literal");
        _at = after;
        return ReadHash(kind.Value);
    }

    private HashExpression ReadHash(HashKind kind)
    {
        Position start = Here;
        if (++_depth > MaxDepth) throw Refuse($"nesting deeper than {MaxDepth}");
        _at += 2;
        var entries = new List<(Expression, Pipeline)>();
        var keys = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (true)
        {
            SkipBlank(true, true);
            if (AtEnd) throw Fault("MissingEndCurlyBrace", "Missing closing '}' in hash literal.");
            if (Current == '}') break;
            Position keyAt = Here;
            Expression key = Current is '\'' or '"' or '$' or '(' ? ReadItem()
                : NumberAhead() is { } number ? TakeNumber(number, keyAt)
                : char.IsLetter(Current) || Current == '_' ? new ConstantExpression(keyAt, ReadKey())
                : throw Fault("MissingKeyInHashLiteral", "A key is missing in the hash literal.");
            if (key is ConstantExpression constant && !keys.Add(PSObject.ToStringInvariant(constant.Value)))
                throw new ScriptParseException("DuplicateKeyInHashLiteral",
                    $"Duplicate keys '{constant.Value}' are not allowed in hash literals.", keyAt);
            SkipBlank(false, false);
            if (Current != '=') throw Fault("MissingEqualsInHashLiteral", "Missing '=' operator after key in hash literal.");
            _at++;
            SkipBlank(true, false);
            entries.Add((key, ReadPipeline()));
            SkipBlank(false, false);
            if (!AtEnd && Current is not ('\n' or ';' or '}')) throw Unexpected();
        }
        _at++;
        _depth--;
        return new HashExpression(start, kind, entries);

        ConstantExpression TakeNumber((string Text, object Value) number, Position place)
        {
            _at += number.Text.Length;
            return new ConstantExpression(place, number.Value, number.Text);
        }
    }

    private string ReadKey()
    {
        int start = _at;
        while (char.IsLetterOrDigit(Current) || Current is '_' or '-') _at++;
        return _text[start.._at];
    }

    // ---- Variables and strings -----------------------------------------------------------------------------------

    private Expression ReadVariable()
    {
        Position start = Here;
        _at++;
        string name;
        if (Current == '{')
        {
            int end = _text.IndexOf('}', _at);
            if (end < 0) throw Fault("IncompleteDollarReference", "Missing } after a variable's name.");
            name = _text[(_at + 1)..end];
            _at = end + 1;
            if (name.Contains('`', StringComparison.Ordinal)) throw new NotSupportedByHostException("escapes in a variable's name", start);
        }
        else
        {
            if (Current is '?' or '$' or '^') throw new NotSupportedByHostException($"${Current}", start);
            name = ReadWord();
            if (name.Length == 0) throw Unexpected();
            if (Current == ':' && Peek() != ':')
            {
                _at++;
                name += ":" + ReadWord();
            }
        }
        if (name.StartsWith("env:", StringComparison.OrdinalIgnoreCase) && name.Length > 4)
            return new EnvironmentExpression(start, name[4..]);
        if (name.Contains(':', StringComparison.Ordinal) || Automatic.IsRefused(name))
            throw new NotSupportedByHostException($"${name}", start);
        return new VariableExpression(start, name);
    }

    private ConstantExpression ReadSingleQuoted()
    {
        Position start = Here;
        int begin = _at++;
        var value = new StringBuilder();
        while (true)
        {
            if (AtEnd) throw Unterminated(begin, '\'');
            if (Current == '\'' && Peek() != '\'') break;
            if (Current == '\'') _at++;
            value.Append(_text[_at++]);
        }
        _at++;
        return new ConstantExpression(start, value.ToString());
    }

    private ScriptParseException Unterminated(int begin, char quote) =>
        new("TerminatorExpectedAtEndOfString", $"The string is missing the terminator: {quote}.", PositionOf(begin));

    private Expression ReadDoubleQuoted()
    {
        Position start = Here;
        int begin = _at++;
        var parts = new List<Expression>();
        var literal = new StringBuilder();
        while (true)
        {
            if (AtEnd) throw Unterminated(begin, '"');
            if (Current == '"')
            {
                if (Peek() != '"') break;
                _at++;
            }
            else if (TryExpansion(parts, literal)) continue;
            else if (Current == '`' && Peek() != '\0')
            {
                ReadEscape(literal);
                continue;
            }
            literal.Append(_text[_at++]);
        }
        _at++;
        return Expandable(start, parts, literal);
    }

    /// <summary>$name, ${name} or $( … ) inside text.</summary>
    private bool TryExpansion(List<Expression> parts, StringBuilder literal)
    {
        if (Current != '$' || !(char.IsLetterOrDigit(Peek()) || Peek() is '_' or '{' or '(' or '?' or '$' or '^')) return false;
        Expression value = Peek() == '(' ? ReadSubExpression() : ReadVariable();
        if (literal.Length > 0) parts.Add(new ConstantExpression(value.Position, literal.ToString()));
        literal.Clear();
        parts.Add(value);
        return true;
    }

    private static Expression Expandable(Position start, List<Expression> parts, StringBuilder literal)
    {
        if (parts.Count == 0) return new ConstantExpression(start, literal.ToString());
        if (literal.Length > 0) parts.Add(new ConstantExpression(start, literal.ToString()));
        return new ExpandableExpression(start, parts);
    }

    private void ReadEscape(StringBuilder into)
    {
        _at++;
        char c = _text[_at++];
        if (c == 'u' && Current == '{')
        {
            int end = _text.IndexOf('}', _at);
            if (end < 0
                || !int.TryParse(_text.AsSpan(_at + 1, end - _at - 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int code)
                || code > 0x10FFFF || code is >= 0xD800 and <= 0xDFFF)
                throw Fault("InvalidUnicodeEscapeSequence", "The Unicode escape sequence is not valid.");
            into.Append(char.ConvertFromUtf32(code));
            _at = end + 1;
            return;
        }
        into.Append(c switch
        {
            '0' => '\0', 'a' => '\a', 'b' => '\b', 'e' => '\u001b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', 'v' => '\v', _ => c,
        });
    }

    private Expression ReadHereString()
    {
        Position start = Here;
        char quote = Peek();
        int begin = _at;
        _at += 2;
        while (Current is ' ' or '\t') _at++;
        if (Current != '\n')
            throw Fault("UnexpectedCharactersAfterHereStringHeader", "No characters are allowed after a here-string header.");
        int end = _text.IndexOf($"\n{quote}@", _at, StringComparison.Ordinal);
        if (end < 0)
            throw new ScriptParseException("TerminatorExpectedAtEndOfString", $"The string is missing the terminator: {quote}@.",
            PositionOf(begin));
        if (quote == '\'' || end == _at)
        {
            string body = end == _at ? "" : _text[(_at + 1)..end];
            _at = end + 3;
            return new ConstantExpression(start, body);
        }
        var parts = new List<Expression>();
        var literal = new StringBuilder();
        _at++;
        while (_at < end)
        {
            if (TryExpansion(parts, literal)) continue;
            if (Current == '`' && _at + 1 < end) ReadEscape(literal);
            else literal.Append(_text[_at++]);
        }
        _at = end + 3;
        return Expandable(start, parts, literal);
    }

    // ---- Commands ------------------------------------------------------------------------------------------------

    private CommandElement ReadCommand(bool first)
    {
        Position start = Here;
        if (Current == '&' || (Current == '.' && Peek() is ' ' or '\t')) throw Refuse(Current == '&' ? "call operator &" : "dot sourcing");
        if (Current is '<' or '>') throw Refuse("redirection");
        int begin = _at;
        Expression name = ReadBareword();
        if (name is not ConstantExpression { Value: string command })
            throw new NotSupportedByHostException("a command's name with a variable in it", start);
        if (_at == begin) throw Unexpected();
        if (first && Keywords.Contains(command)) throw new NotSupportedByHostException($"statement {command}", start);
        var arguments = new List<CommandArgument>();
        bool onlyValues = false;
        while (true)
        {
            SkipBlank(false, false);
            if (AtEnd || Current is '\n' or ';' or '|' or ')' or '}' or '&') break;
            if (Current == '-' && Peek() == '-' && (_at + 2 >= _text.Length || char.IsWhiteSpace(_text[_at + 2])))
            {
                _at += 2;
                onlyValues = true;
                continue;
            }
            if (_text.AsSpan(_at).StartsWith("--%")) throw Refuse("--%");
            arguments.Add(ReadArgument(onlyValues));
        }
        int lineStart = _text.LastIndexOf('\n', Math.Max(begin - 1, 0)) + 1;
        int lineEnd = _text.IndexOf('\n', begin);
        var element = new CommandElement(start, command, _text[(begin == 0 ? 0 : lineStart)..(lineEnd < 0 ? _text.Length : lineEnd)],
            arguments);
        _commandsRead.Add(element);
        return element;
    }

    private CommandArgument ReadArgument(bool onlyValues)
    {
        Position start = Here;
        if (!onlyValues && Current == '-' && (char.IsLetter(Peek()) || Peek() is '_' or '?'))
        {
            int begin = ++_at;
            while (!AtEnd && !char.IsWhiteSpace(Current)
                && Current is not (':' or ';' or '|' or '&' or '(' or ')' or '{' or '}' or ',' or '.' or '[' or '\'' or '"')) _at++;
            string name = _text[begin.._at];
            if (Current is '\'' or '"') throw Refuse($"a quote in the parameter name -{name}");
            if (Current != ':') return new CommandArgument(start, name, "-" + name, null);
            _at++;
            SkipBlank(false, false);
            if (AtEnd || Current is '\n' or ';' or '|' or ')' or '}')
                throw Fault("ParameterRequiresArgument", $"The parameter -{name}: needs an argument.");
            return new CommandArgument(start, name, $"-{name}:", ReadArgumentValue());
        }
        return new CommandArgument(start, null, null, ReadArgumentValue());
    }

    private Expression ReadArgumentValue()
    {
        Position start = Here;
        var items = new List<Expression> { ReadArgumentItem() };
        while (true)
        {
            int end = _at;
            SkipBlank(false, false);
            if (Current != ',')
            {
                _at = end;
                break;
            }
            _at++;
            SkipBlank(true, false);
            if (AtEnd || Current is ';' or '|' or ')' or '}') throw Fault("MissingExpression", "Missing expression after ','.");
            items.Add(ReadArgumentItem());
        }
        return items.Count == 1 ? items[0] : new ArrayLiteralExpression(start, items);
    }

    private Expression ReadArgumentItem()
    {
        switch (Current)
        {
            case '\'': return ReadPostfix(ReadSingleQuoted());
            case '"': return ReadPostfix(ReadDoubleQuoted());
            case '(': return ReadPostfix(ReadParenthesised());
            case '@': return ReadPostfix(ReadAt());
            case '$' when Peek() == '(': return ReadPostfix(ReadSubExpression());
            case '$' when char.IsLetterOrDigit(Peek()) || Peek() is '_' or '{' or '?' or '$' or '^':
                int begin = _at;
                Expression variable = ReadVariable();
                if (Current is '.' or '[') return ReadPostfix(variable);
                if (EndsBareword()) return variable;
                _at = begin;
                return ReadBareword();
            case '{': throw Refuse("script block { }");
            case '<' or '>': throw Refuse("redirection");
            case ',': throw Refuse("operator ,");
            default:
                if (char.IsAsciiDigit(Current) && Peek() == '>') throw Refuse("redirection");
                int start = _at;
                Position position = Here;
                Expression word = ReadBareword();
                string token = _text[start.._at];
                if (_at == start) throw Unexpected();
                return (char.IsAsciiDigit(token[0]) || token[0] == '.') && NumberLiteral.TryParse(token, out object? number)
                    ? new ConstantExpression(position, number!, token)
                    : word;
        }
    }

    private bool EndsBareword() =>
        AtEnd || char.IsWhiteSpace(Current) || Current is '|' or '&' or ';' or '(' or ')' or '{' or '}' or ',' or '<' or '>';

    private Expression ReadBareword()
    {
        Position start = Here;
        var parts = new List<Expression>();
        var literal = new StringBuilder();
        while (!EndsBareword())
        {
            if (TryExpansion(parts, literal)) continue;
            switch (Current)
            {
                case '\'':
                    literal.Append((string)ReadSingleQuoted().Value);
                    break;
                case '"':
                    Expression quoted = ReadDoubleQuoted();
                    if (quoted is ConstantExpression { Value: string plain })
                    {
                        literal.Append(plain);
                        break;
                    }
                    if (literal.Length > 0) parts.Add(new ConstantExpression(quoted.Position, literal.ToString()));
                    literal.Clear();
                    parts.Add(quoted);
                    break;
                case '`' when Peek() == '\n': return Expandable(start, parts, literal);
                case '`' when Peek() != '\0':
                    ReadEscape(literal);
                    break;
                default:
                    literal.Append(_text[_at++]);
                    break;
            }
        }
        return Expandable(start, parts, literal);
    }

    // ---- Blank ---------------------------------------------------------------------------------------------------

    private void SkipBlank(bool lines, bool semicolons)
    {
        while (!AtEnd)
        {
            char c = Current;
            if (c is ' ' or '\t' or '\r' or '\u00a0' or '\ufeff' || (lines && c == '\n') || (semicolons && c == ';')) _at++;
            else if (c == '`' && Peek() == '\n') _at += 2;
            else if (c == '#')
            {
                if (_text.AsSpan(_at).StartsWith("#requires", StringComparison.OrdinalIgnoreCase) && (_at == 0 || _text[_at - 1] == '\n'))
                    throw Refuse("#requires");
                while (!AtEnd && Current != '\n') _at++;
            }
            else if (c == '<' && Peek() == '#')
            {
                int end = _text.IndexOf("#>", _at + 2, StringComparison.Ordinal);
                if (end < 0) throw Fault("MissingTerminatorMultiLineComment", "The terminator '#>' is missing from the multiline comment.");
                _at = end + 2;
            }
            else break;
        }
    }
}
