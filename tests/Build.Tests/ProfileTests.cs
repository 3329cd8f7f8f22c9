using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using VirtTools.Build.Packaging.Profiles;

namespace VirtTools.Build.Tests;

/// <summary>Names of methods that the just-in-time compiler tells become a profile that the ahead-of-time compiler reads.</summary>
public class ProfileTests
{
    [Theory]
    [InlineData("System.String:Join(System.String,System.String[])", "System.String:Join")]
    [InlineData("System.Guid:.ctor(int)", "System.Guid:.ctor")]
    [InlineData("A.B`1+C[int]:D[char,System.Guid](byref):E", "A.B`1+C[int]:D[char,System.Guid]")]
    [InlineData("A`2[System.__Canon[],B`1[long][]]:I<T>.M()", "A`2[System.__Canon[],B`1[long][]]:I<T>.M")]
    public void Names_are_read_without_what_follows(string told, string name) => Assert.Equal(name, MethodName.TryParse(told)?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("System.String")]
    [InlineData("A`1[int:M()")]
    [InlineData("A`1[]:")]
    [InlineData(":M()")]
    public void What_is_no_name_is_refused(string told) => Assert.Null(MethodName.TryParse(told));

    [Theory]
    [InlineData("System.Collections.Generic.Dictionary`2[System.Guid,System.__Canon]:TryGetValue", 1)]
    [InlineData("System.String:IndexOf", 10)]
    [InlineData("System.Array:Resize[System.__Canon]", 1)]
    [InlineData("System.Array:Resize", 0)]
    [InlineData("System.Array:Vanished", 0)]
    [InlineData("System.Vanished`1[int]:M", 0)]
    [InlineData("System.Collections.Generic.List`1[System.Vanished]:Add", 0)]
    public void Methods_are_found_with_all_their_overloads(string name, int atLeast)
    {
        var found = new MethodFinder([], ["System.Private.CoreLib"]).Find(MethodName.TryParse(name)!).Count();

        Assert.True(atLeast == 0 ? found == 0 : found >= atLeast, $"{found}");
    }

    [Fact]
    public void A_profile_names_the_instantiations_in_a_group()
    {
        var writer = new ProfileWriter();
        var finder = new MethodFinder([], ["System.Private.CoreLib"]);
        foreach (var name in (string[])["System.Collections.Generic.Dictionary`2[System.Guid,System.__Canon]:TryGetValue", "System.Array:Resize[char]"])
        {
            Assert.All(finder.Find(MethodName.TryParse(name)!), method => Assert.True(writer.TryAdd(method)));
        }

        var path = Path.Combine(Directory.CreateTempSubdirectory("vt-").FullName, "a.mibc");
        writer.Save(path);

        using var image = new PEReader(File.OpenRead(path));
        var metadata = image.GetMetadataReader();
        Assert.Equal(["TryGetValue", "Resize"], metadata.MemberReferences.Select(handle => metadata.GetString(metadata.GetMemberReference(handle).Name)));
        Assert.Single(metadata.MethodDefinitions.Select(metadata.GetMethodDefinition), method => metadata.GetString(method.Name) == "AssemblyDictionary");
        Assert.Equal(1, metadata.GetTableRowCount(TableIndex.MethodSpec));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }
}
