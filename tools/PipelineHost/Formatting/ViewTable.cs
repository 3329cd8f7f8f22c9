using System.Globalization;
using System.Management.Automation;
using System.Xml;
using System.Xml.Linq;

namespace PipelineHost.Formatting;

/// <summary>The views of the modules' format.ps1xml files. Script blocks, groups, wide and custom views are refused by name.</summary>
internal static class ViewTable
{
    private static readonly List<View> Views = [];

    public static void Load(string path)
    {
        XElement root = Read(path);
        foreach (string name in (string[])["ScriptBlock", "GroupBy", "WideControl", "CustomControl", "SelectionSetName",
            "ItemSelectionCondition", "SelectionCondition"])
            if (root.Descendants(name).FirstOrDefault() is { } refused)
                throw new NotSupportedByHostException($"<{name}> in {Path.GetFileName(path)}, line {((IXmlLineInfo)refused).LineNumber}");
        List<View> loaded = [.. root.Elements("ViewDefinitions").Elements("View").Select(v => ReadView(v, path))];
        lock (Views) Views.AddRange(loaded);
    }

    public static View? Find(PSObject item, Layout layout)
    {
        lock (Views)
            return item.TypeNames.Select(n =>
                Views.Find(v => (layout == Layout.Default || v.Layout == layout)
                && v.TypeNames.Contains(n, StringComparer.OrdinalIgnoreCase)))
                .FirstOrDefault(v => v is not null);
    }

    internal static XElement Read(string path)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null,
            MaxCharactersInDocument = 16 << 20 };
        using XmlReader reader = XmlReader.Create(path, settings);
        return XDocument.Load(reader, LoadOptions.SetLineInfo).Root!;
    }

    private static View ReadView(XElement view, string path)
    {
        string name = (string?)view.Element("Name") ?? "";
        string[] types = [.. view.Elements("ViewSelectedBy").Elements("TypeName").Select(t => t.Value.Trim())];
        if (view.Element("TableControl") is { } table)
        {
            XElement[] headers = [.. table.Elements("TableHeaders").Elements("TableColumnHeader")];
            XElement[] items = [.. One(table.Elements("TableRowEntries").Elements("TableRowEntry"), path, name)
                .Elements("TableColumnItems").Elements("TableColumnItem")];
            if (headers.Length > 0 && headers.Length != items.Length)
                throw Fault(path, name, "has another number of headers than of columns");
            return new View(name, types, Layout.Table,
                [.. items.Select((item, i) => ReadField(item, headers.ElementAtOrDefault(i), path, name))]);
        }
        if (view.Element("ListControl") is { } list)
        {
            IEnumerable<XElement> items = One(list.Elements("ListEntries").Elements("ListEntry"), path, name).Elements("ListItems")
                .Elements("ListItem");
            return new View(name, types, Layout.List, [.. items.Select(i => ReadField(i, i, path, name))]);
        }
        throw Fault(path, name, "has neither TableControl nor ListControl");
    }

    private static XElement One(IEnumerable<XElement> entries, string path, string view) =>
        entries.ToList() is [var only] ? only :
            throw new NotSupportedByHostException($"several entries in view {view} of {Path.GetFileName(path)}");

    private static Field ReadField(XElement item, XElement? header, string path, string view)
    {
        string property = ((string?)item.Element("PropertyName"))?.Trim() ?? throw Fault(path, view, "has an item without PropertyName");
        string? alignment = ((string?)item.Element("Alignment") ?? (string?)header?.Element("Alignment"))?.Trim().ToUpperInvariant();
        bool right = alignment switch
        {
            null or "LEFT" => false,
            "RIGHT" => true,
            _ => throw new NotSupportedByHostException($"alignment {alignment} in view {view} of {Path.GetFileName(path)}"),
        };
        string? width = (string?)header?.Element("Width");
        return new Field(((string?)header?.Element("Label"))?.Trim() ?? property, property, width is null
            ? 0
            : int.Parse(width, CultureInfo.InvariantCulture), right,
            ((string?)item.Element("FormatString"))?.Trim());
    }

    private static InvalidDataException Fault(string path, string view, string what) => new($"{path}: view {view} {what}.");
}
