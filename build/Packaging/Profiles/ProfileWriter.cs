using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace VirtTools.Build.Packaging.Profiles;

/// <summary>
/// Writes a profile as the ahead-of-time compiler reads it (<c>.mibc</c>; dotnet/runtime, docs/design/features/dotnet-pgo.md): an assembly with a
/// function <c>AssemblyDictionary</c> that names groups, and a function for each group whose code loads the tokens of the group's methods.
/// </summary>
internal sealed class ProfileWriter
{
    private const string Group = "Methods";

    // The group's name is the assemblies that must be compiled together for its methods to count: the framework's own is always there.
    private const string Together = "System.Private.CoreLib";

    private readonly MetadataBuilder _metadata = new();
    private readonly SignatureWriter _signatures;
    private readonly BlobBuilder _group = new();

    internal ProfileWriter() => _signatures = new(_metadata);

    /// <summary>Adds a method.</summary>
    /// <returns>False for one whose signature this writer does not know to write.</returns>
    internal bool TryAdd(FoundMethod method)
    {
        if (_signatures.TryWrite(method.Definition) is not { } signature) return false;
        EntityHandle token = _metadata.AddMemberReference(
            _signatures.TokenOf(method.Type), _metadata.GetOrAddString(method.Definition.Name), _metadata.GetOrAddBlob(signature));
        if (method.Arguments.Count > 0)
        {
            token = _metadata.AddMethodSpecification((MemberReferenceHandle)token, _metadata.GetOrAddBlob(_signatures.Instantiation(method.Arguments)));
        }

        var code = new InstructionEncoder(_group);
        code.OpCode(ILOpCode.Ldtoken);
        code.Token(token);
        code.OpCode(ILOpCode.Pop);
        return true;
    }

    /// <summary>Writes the file.</summary>
    internal void Save(string path)
    {
        var name = _metadata.GetOrAddString(Path.GetFileNameWithoutExtension(path));
        _metadata.AddAssembly(name, new(1, 0, 0, 0), default, default, default, AssemblyHashAlgorithm.None);
        _metadata.AddModule(0, _metadata.GetOrAddString(Path.GetFileName(path)), _metadata.GetOrAddGuid(Guid.Empty), default, default);
        var code = new BlobBuilder();
        var bodies = new MethodBodyStreamEncoder(code);
        var group = AddFunction(bodies, Group, _group);
        var dictionary = new BlobBuilder();
        var encoder = new InstructionEncoder(dictionary);
        encoder.LoadString(_metadata.GetOrAddUserString(Together));
        encoder.OpCode(ILOpCode.Ldtoken);
        encoder.Token(group);
        encoder.OpCode(ILOpCode.Pop);
        AddFunction(bodies, "AssemblyDictionary", dictionary);
        _metadata.AddTypeDefinition(
            default, default, _metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
        var image = new BlobBuilder();
        new ManagedPEBuilder(PEHeaderBuilder.CreateLibraryHeader(), new(_metadata), code).Serialize(image);
        using var file = File.Create(path);
        image.WriteContentTo(file);
    }

    private MethodDefinitionHandle AddFunction(MethodBodyStreamEncoder bodies, string name, BlobBuilder code)
    {
        new InstructionEncoder(code).OpCode(ILOpCode.Ret);
        var signature = new BlobBuilder();
        new BlobEncoder(signature).MethodSignature().Parameters(0, result => result.Void(), _ => { });
        return _metadata.AddMethodDefinition(
            MethodAttributes.Public | MethodAttributes.Static, MethodImplAttributes.IL, _metadata.GetOrAddString(name), _metadata.GetOrAddBlob(signature),
            bodies.AddMethodBody(new InstructionEncoder(code)), default);
    }
}
