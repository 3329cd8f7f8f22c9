using System.Globalization;
using System.Text.Json.Nodes;

namespace VirtSpecs;

/// <summary>Lists of values of one type.</summary>
internal abstract class ListType : SpecType
{
    /// <summary>The type of lists of an item's type.</summary>
    public static ListType OfItems(Type item, SpecMemberAttribute attribute) =>
        (ListType)Activator.CreateInstance(typeof(Typed<>).MakeGenericType(item), Of(item, attribute), attribute.MinimumItems, attribute.MaximumItems)!;

    /// <summary>The type of the items.</summary>
    public abstract SpecType Item { get; }

    private sealed class Typed<T>(SpecType item, int minimumItems, int maximumItems) : ListType
        where T : notnull
    {
        public override SpecType Item => item;

        public override string Description => "a list";

        public override string Limits => minimumItems > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{minimumItems} to {maximumItems} items")
            : string.Create(CultureInfo.InvariantCulture, $"At most {maximumItems} items");

        public override object? Read(SpecNode node, string path, SpecReport report)
        {
            if (node is not SpecSequence sequence)
            {
                report.Add(path, $"must be a list, not {node.Noun}", minimumItems > 0 ? "write it in brackets" : "write [] for an empty list", node.Position);
                return null;
            }

            if (!HasFittingCount(sequence.Items.Count, path, report))
            {
                return null;
            }

            var items = new List<T>(sequence.Items.Count);
            for (var i = 0; i < sequence.Items.Count; i++)
            {
                var itemPath = At(path, i);
                report.Positions[itemPath] = sequence.Items[i].Position;
                if (item.Read(sequence.Items[i], itemPath, report) is T value)
                {
                    items.Add(value);
                }
            }

            return items.Count == sequence.Items.Count ? ValueList.Create<T>([.. items]) : null;
        }

        public override SpecNode Write(object value) =>
            new SpecSequence([.. ((ValueList<T>)value).Select(element => item.Write(element))]);

        public override string Format(object value) =>
            $"[{string.Join(", ", ((ValueList<T>)value).Select(element => item.Format(element)))}]";

        public override JsonObject Schema()
        {
            var schema = new JsonObject { ["type"] = "array", ["maxItems"] = maximumItems, ["items"] = item.Schema() };
            if (minimumItems > 0)
            {
                schema["minItems"] = minimumItems;
            }

            return schema;
        }

        public override void Check(object value, string path, SpecReport report)
        {
            var list = (ValueList<T>)value;
            if (HasFittingCount(list.Count, path, report))
            {
                for (var i = 0; i < list.Count; i++)
                {
                    item.Check(list[i], At(path, i), report);
                }
            }
        }

        public override object Root(object value, string directory) =>
            ValueList.Create<T>([.. ((ValueList<T>)value).Select(element => (T)item.Root(element, directory))]);

        private static string At(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

        private bool HasFittingCount(int count, string path, SpecReport report)
        {
            if (count < minimumItems || count > maximumItems)
            {
                var (word, limit) = count < minimumItems ? ("least", minimumItems) : ("most", maximumItems);
                report.Add(path, string.Create(CultureInfo.InvariantCulture,
                    $"must have at {word} {limit} {(limit == 1 ? "item" : "items")}, not {count}"));
            }

            return count >= minimumItems && count <= maximumItems;
        }
    }
}
