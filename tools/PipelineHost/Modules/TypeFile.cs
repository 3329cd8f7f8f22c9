using System.Management.Automation;
using System.Xml.Linq;
using PipelineHost.Formatting;

namespace PipelineHost.Modules;

/// <summary>What a types.ps1xml file gives to types: aliases, notes, the default display set; the rest is refused by name.</summary>
internal static class TypeFile
{
    public static void Load(string path)
    {
        foreach (XElement type in ViewTable.Read(path).Elements("Type"))
        {
            string name = Text(type, "Name", path);
            foreach (XElement member in type.Elements("Members").Elements())
            {
                switch (member.Name.LocalName)
                {
                    case "AliasProperty":
                        TypeTable.Add(name, new PSAliasProperty(Text(member, "Name", path), Text(member, "ReferencedMemberName", path)));
                        break;
                    case "NoteProperty":
                        TypeTable.Add(name, new PSNoteProperty(Text(member, "Name", path), Text(member, "Value", path)));
                        break;
                    case "MemberSet" when Text(member, "Name", path) == "PSStandardMembers":
                        LoadStandard(name, member, path);
                        break;
                    default: throw new NotSupportedByHostException($"<{member.Name.LocalName}> in {Path.GetFileName(path)}");
                }
            }
        }
    }

    private static void LoadStandard(string type, XElement set, string path)
    {
        foreach (XElement member in set.Elements("Members").Elements())
        {
            if (member.Name.LocalName != "PropertySet" || Text(member, "Name", path) != "DefaultDisplayPropertySet")
                throw new NotSupportedByHostException($"<{member.Name.LocalName}> of PSStandardMembers in {Path.GetFileName(path)}");
            TypeTable.SetDefaultDisplay(type, [.. member.Elements("ReferencedProperties").Elements("Name").Select(n => n.Value.Trim())]);
        }
    }

    private static string Text(XElement element, string name, string path) =>
        ((string?)element.Element(name))?.Trim() ?? throw new InvalidDataException($"{path}: {element.Name} has no {name}.");
}
