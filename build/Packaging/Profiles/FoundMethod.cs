using System.Reflection;

namespace VirtTools.Build.Packaging.Profiles;

/// <summary>An instantiation of a method.</summary>
/// <param name="Type">The type that declares it.</param>
/// <param name="Definition">The method in that type's definition.</param>
/// <param name="Arguments">Its own type arguments.</param>
internal sealed record FoundMethod(FoundType Type, MethodBase Definition, IReadOnlyList<FoundType> Arguments);
