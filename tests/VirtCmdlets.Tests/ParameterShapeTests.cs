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
        var stated = File.ReadAllLines(Path.Combine(Repository.Root, "Tests.Pester", $"{HelpWriter.NameOf(cmdlet)}.Tests.ps1"))
            .Select(line => line.Trim()).Where(line => line.StartsWith('\'')).Select(line => line.Trim('\''));

        Assert.Equal(
            cmdlet.GetProperties().Where(property => property.IsDefined(typeof(ParameterAttribute)))
                .OrderBy(property => property.Name, StringComparer.OrdinalIgnoreCase).Select(Shape),
            stated);
    }

    private static string Shape(PropertyInfo parameter)
    {
        var sets = parameter.GetCustomAttributes<ParameterAttribute>().OrderBy(set => set.ParameterSetName, StringComparer.OrdinalIgnoreCase)
            .Select(set => $"{set.ParameterSetName}[{(set.Position >= 0 ? $"{set.Position}" : "")}{(set.Mandatory ? "m" : "")}"
                + $"{(set.ValueFromPipeline ? "v" : "")}{(set.ValueFromPipelineByPropertyName ? "p" : "")}]");
        return $"{parameter.Name}:{parameter.PropertyType.Name}:{string.Join(',', sets)}";
    }
}
