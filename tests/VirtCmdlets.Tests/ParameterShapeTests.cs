using System.Management.Automation;
using System.Reflection;

namespace VirtCmdlets.Tests;

/// <summary>Tests.Pester asserts every command's parameters on PowerShell; this keeps those files true where there is none.</summary>
public sealed class ParameterShapeTests
{
    public static TheoryData<Type> Cmdlets =>
        [.. typeof(VirtCmdlet).Assembly.GetExportedTypes().Where(type => type.GetCustomAttribute<CmdletAttribute>() is not null)];

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void The_Pester_file_of_a_command_states_its_parameters(Type cmdlet)
    {
        var file = Path.Combine(Repository.Root, "Tests.Pester", $"{HelpWriter.NameOf(cmdlet)}.Tests.ps1");
        string[] shapes =
        [
            .. cmdlet.GetProperties().Where(property => property.IsDefined(typeof(ParameterAttribute)))
                .OrderBy(property => property.Name, StringComparer.OrdinalIgnoreCase).Select(Shape),
        ];
        if (Environment.GetEnvironmentVariable("VIRTTOOLS_UPDATE") == "1")
        {
            Write(file, shapes);
        }

        Assert.Equal(shapes, File.ReadAllLines(file).Where(IsShape).Select(line => line.Trim().Trim('\'')));
    }

    private static bool IsShape(string line) => line.TrimStart().StartsWith('\'');

    // The lines that state parameters, in the place of those that did.
    private static void Write(string file, string[] shapes)
    {
        var lines = File.ReadAllLines(file).ToList();
        var first = lines.FindIndex(IsShape);
        lines.RemoveAll(IsShape);
        lines.InsertRange(first, shapes.Select(shape => $"            '{shape}'"));
        File.WriteAllText(file, string.Join('\n', lines) + "\n");
    }

    private static string Shape(PropertyInfo parameter)
    {
        var sets = parameter.GetCustomAttributes<ParameterAttribute>().OrderBy(set => set.ParameterSetName, StringComparer.OrdinalIgnoreCase)
            .Select(set => $"{set.ParameterSetName}[{(set.Position >= 0 ? $"{set.Position}" : "")}{(set.Mandatory ? "m" : "")}"
                + $"{(set.ValueFromPipeline ? "v" : "")}{(set.ValueFromPipelineByPropertyName ? "p" : "")}]");
        return $"{parameter.Name}:{parameter.PropertyType.Name}:{string.Join(',', sets)}";
    }
}
