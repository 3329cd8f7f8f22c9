using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace PipelineHost.Modules;

/// <summary>The types of an assembly and the signatures of their members, read from its metadata.</summary>
internal sealed class AssemblySurface
{
    private readonly Dictionary<string, HashSet<string>> _members = new(StringComparer.Ordinal);

    private AssemblySurface() { }

    /// <summary>Every type's name with its members, as <c>name signature</c>.</summary>
    public IReadOnlyDictionary<string, HashSet<string>> Types => _members;

    /// <summary>Reads what other assemblies can use: public types, their public and protected members.</summary>
    public static AssemblySurface Read(string path)
    {
        var surface = new AssemblySurface();
        using var stream = File.OpenRead(path);
        using var file = new PEReader(stream);
        MetadataReader reader = file.GetMetadataReader();
        foreach (TypeDefinition type in reader.TypeDefinitions.Select(reader.GetTypeDefinition))
        {
            TypeAttributes visibility = type.Attributes & TypeAttributes.VisibilityMask;
            if (visibility is not (TypeAttributes.Public or TypeAttributes.NestedPublic)) continue;
            var found = new HashSet<string>(StringComparer.Ordinal);
            foreach (MethodDefinition method in type.GetMethods().Select(reader.GetMethodDefinition))
            {
                MethodAttributes access = method.Attributes & MethodAttributes.MemberAccessMask;
                if (access is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem)
                    found.Add(Member(reader.GetString(method.Name), method.DecodeSignature(SignatureNames.Instance, null)));
            }
            foreach (FieldDefinition field in type.GetFields().Select(reader.GetFieldDefinition))
            {
                FieldAttributes access = field.Attributes & FieldAttributes.FieldAccessMask;
                if (access is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem)
                    found.Add($"{reader.GetString(field.Name)} : "
                        + $"{field.DecodeSignature(SignatureNames.Instance, null)}{Value(reader, field)}");
            }
            surface._members[SignatureNames.NameOf(reader, type)] = found;
        }
        return surface;
    }

    /// <summary>What an assembly uses of another and <paramref name="provided"/> lacks, sorted.</summary>
    public static IReadOnlyList<string> Missing(string path, string assemblyName, AssemblySurface provided)
    {
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        using var stream = File.OpenRead(path);
        using var file = new PEReader(stream);
        MetadataReader reader = file.GetMetadataReader();
        foreach (TypeReference type in reader.TypeReferences.Select(reader.GetTypeReference))
            if (IsFrom(reader, type, assemblyName)
                && !provided._members.ContainsKey(SignatureNames.NameOf(reader, type))) missing.Add(SignatureNames.NameOf(reader, type));
        foreach (MemberReference member in reader.MemberReferences.Select(reader.GetMemberReference))
        {
            if (TypeOf(reader, member.Parent, assemblyName) is not { } type || missing.Contains(type)) continue;
            string name = reader.GetString(member.Name);
            string signature = member.GetKind() == MemberReferenceKind.Field
                ? $"{name} : {member.DecodeFieldSignature(SignatureNames.Instance, null)}"
                : Member(name, member.DecodeMethodSignature(SignatureNames.Instance, null));
            if (!provided._members.TryGetValue(type, out HashSet<string>? known)
                || !known.Contains(signature)) missing.Add($"{type}.{signature}");
        }
        return [.. missing];
    }

    /// <summary>Compilers copy constants, so their values belong to the surface.</summary>
    private static string Value(MetadataReader reader, FieldDefinition field) => field.GetDefaultValue() is { IsNil: false } handle
        && reader.GetConstant(handle) is var constant ? $" = {reader.GetBlobReader(constant.Value).ReadConstant(constant.TypeCode)}" : "";

    private static string Member(string name, MethodSignature<string> signature) =>
        $"{name}{(signature.GenericParameterCount > 0 ? $"`{signature.GenericParameterCount}" : "")}"
            + $"({string.Join(", ", signature.ParameterTypes)}) : {signature.ReturnType}";

    private static string? TypeOf(MetadataReader reader, EntityHandle parent, string assemblyName)
    {
        if (parent.Kind == HandleKind.TypeReference)
        {
            TypeReference type = reader.GetTypeReference((TypeReferenceHandle)parent);
            return IsFrom(reader, type, assemblyName) ? SignatureNames.NameOf(reader, type) : null;
        }
        if (parent.Kind != HandleKind.TypeSpecification) return null;
        string name = reader.GetTypeSpecification((TypeSpecificationHandle)parent).DecodeSignature(SignatureNames.Instance, null);
        string definition = name.Split('<')[0];
        return reader.TypeReferences.Select(reader.GetTypeReference)
            .Any(t => IsFrom(reader, t, assemblyName) && SignatureNames.NameOf(reader, t) == definition) ? definition : null;
    }

    private static bool IsFrom(MetadataReader reader, TypeReference type, string assemblyName) => type.ResolutionScope.Kind switch
    {
        HandleKind.AssemblyReference =>
            reader.StringComparer.Equals(reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name, assemblyName),
        HandleKind.TypeReference => IsFrom(reader, reader.GetTypeReference((TypeReferenceHandle)type.ResolutionScope), assemblyName),
        _ => false,
    };
}
