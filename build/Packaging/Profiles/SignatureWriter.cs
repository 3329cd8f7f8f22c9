using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace VirtTools.Build.Packaging.Profiles;

/// <summary>Writes references to types and the signatures of methods (ECMA-335, II.23.2).</summary>
internal sealed class SignatureWriter(MetadataBuilder metadata)
{
    private const byte HasThis = 0x20, Generic = 0x10, GenericInstantiation = 0x0A;

    private static readonly Dictionary<Type, SignatureTypeCode> Codes = new()
    {
        [typeof(void)] = SignatureTypeCode.Void, [typeof(bool)] = SignatureTypeCode.Boolean, [typeof(char)] = SignatureTypeCode.Char,
        [typeof(sbyte)] = SignatureTypeCode.SByte, [typeof(byte)] = SignatureTypeCode.Byte, [typeof(short)] = SignatureTypeCode.Int16,
        [typeof(ushort)] = SignatureTypeCode.UInt16, [typeof(int)] = SignatureTypeCode.Int32, [typeof(uint)] = SignatureTypeCode.UInt32,
        [typeof(long)] = SignatureTypeCode.Int64, [typeof(ulong)] = SignatureTypeCode.UInt64, [typeof(float)] = SignatureTypeCode.Single,
        [typeof(double)] = SignatureTypeCode.Double, [typeof(string)] = SignatureTypeCode.String, [typeof(nint)] = SignatureTypeCode.IntPtr,
        [typeof(nuint)] = SignatureTypeCode.UIntPtr, [typeof(object)] = SignatureTypeCode.Object,
    };

    private readonly Dictionary<string, AssemblyReferenceHandle> _assemblies = [];
    private readonly Dictionary<Type, TypeReferenceHandle> _types = [];

    /// <summary>A token for a type.</summary>
    internal EntityHandle TokenOf(FoundType type)
    {
        if (type is { Arguments.Count: 0, Ranks: 0 }) return TokenOf(type.Definition);
        var blob = new BlobBuilder();
        Write(blob, type);
        return metadata.AddTypeSpecification(metadata.GetOrAddBlob(blob));
    }

    /// <summary>The type arguments of a method.</summary>
    internal BlobBuilder Instantiation(IReadOnlyList<FoundType> arguments)
    {
        var blob = new BlobBuilder();
        blob.WriteByte(GenericInstantiation);
        blob.WriteCompressedInteger(arguments.Count);
        foreach (var argument in arguments) Write(blob, argument);
        return blob;
    }

    /// <summary>The signature of a method's definition; null if a pointer to a function or an array of several dimensions is in it.</summary>
    internal BlobBuilder? TryWrite(MethodBase method)
    {
        var blob = new BlobBuilder();
        var parameters = method.GetParameters();
        var generic = method.IsGenericMethod ? method.GetGenericArguments().Length : 0;
        blob.WriteByte((byte)((method.IsStatic ? 0 : HasThis) | (generic > 0 ? Generic : 0)));
        if (generic > 0) blob.WriteCompressedInteger(generic);
        blob.WriteCompressedInteger(parameters.Length);
        if (method is not MethodInfo { ReturnParameter: var result }) blob.WriteByte((byte)SignatureTypeCode.Void);
        else if (!TryWrite(blob, result)) return null;
        return parameters.All(parameter => TryWrite(blob, parameter)) ? blob : null;
    }

    private bool TryWrite(BlobBuilder blob, ParameterInfo parameter)
    {
        foreach (var modifier in parameter.GetRequiredCustomModifiers()) Modify(SignatureTypeCode.RequiredModifier, modifier);
        foreach (var modifier in parameter.GetOptionalCustomModifiers()) Modify(SignatureTypeCode.OptionalModifier, modifier);
        return TryWrite(blob, parameter.ParameterType);

        void Modify(SignatureTypeCode kind, Type modifier)
        {
            blob.WriteByte((byte)kind);
            blob.WriteCompressedInteger(CodedIndex.TypeDefOrRefOrSpec(TokenOf(modifier)));
        }
    }

    private bool TryWrite(BlobBuilder blob, Type type)
    {
        if (type.IsGenericParameter)
        {
            blob.WriteByte((byte)(type.IsGenericTypeParameter ? SignatureTypeCode.GenericTypeParameter : SignatureTypeCode.GenericMethodParameter));
            blob.WriteCompressedInteger(type.GenericParameterPosition);
            return true;
        }

        if (type.HasElementType)
        {
            if (type.IsVariableBoundArray) return false;
            blob.WriteByte((byte)(type.IsByRef ? SignatureTypeCode.ByReference : type.IsPointer ? SignatureTypeCode.Pointer : SignatureTypeCode.SZArray));
            return TryWrite(blob, type.GetElementType()!);
        }

        if (type.IsFunctionPointer) return false;
        if (!type.IsGenericType)
        {
            WriteName(blob, type);
            return true;
        }

        WriteGeneric(blob, type.GetGenericTypeDefinition(), type.GetGenericArguments().Length);
        return type.GetGenericArguments().All(argument => TryWrite(blob, argument));
    }

    private void Write(BlobBuilder blob, FoundType type)
    {
        for (var rank = 0; rank < type.Ranks; rank++) blob.WriteByte((byte)SignatureTypeCode.SZArray);
        if (type.Arguments.Count == 0)
        {
            WriteName(blob, type.Definition);
            return;
        }

        WriteGeneric(blob, type.Definition, type.Arguments.Count);
        foreach (var argument in type.Arguments) Write(blob, argument);
    }

    private void WriteGeneric(BlobBuilder blob, Type definition, int count)
    {
        blob.WriteByte((byte)SignatureTypeCode.GenericTypeInstance);
        WriteName(blob, definition);
        blob.WriteCompressedInteger(count);
    }

    private void WriteName(BlobBuilder blob, Type type)
    {
        if (Codes.TryGetValue(type, out var code))
        {
            blob.WriteByte((byte)code);
            return;
        }

        blob.WriteByte((byte)(type.IsValueType ? SignatureTypeKind.ValueType : SignatureTypeKind.Class));
        blob.WriteCompressedInteger(CodedIndex.TypeDefOrRefOrSpec(TokenOf(type)));
    }

    private TypeReferenceHandle TokenOf(Type type)
    {
        if (_types.TryGetValue(type, out var known)) return known;
        EntityHandle scope = type.DeclaringType is { } outer ? TokenOf(outer) : TokenOf(type.Assembly);
        return _types[type] = metadata.AddTypeReference(
            scope, type.DeclaringType is null ? metadata.GetOrAddString(type.Namespace ?? "") : default, metadata.GetOrAddString(type.Name));
    }

    private AssemblyReferenceHandle TokenOf(Assembly assembly)
    {
        var name = assembly.GetName();
        if (_assemblies.TryGetValue(name.Name!, out var known)) return known;
        return _assemblies[name.Name!] = metadata.AddAssemblyReference(
            metadata.GetOrAddString(name.Name!), name.Version!, default, default, default, default);
    }
}
