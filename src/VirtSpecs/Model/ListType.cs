using System.Globalization;
using System.Text.Json.Nodes;

namespace VirtSpecs;

/// <summary>Lists of values of one type.</summary>
internal abstract class ListType : SpecType
{
    /// <summary>The type of lists of an item's type.</summary>
    public static ListType OfItems(Type item, SpecMemberAttribute attribute) =>
        (ListType)Activator.CreateInstance(typeof(Typed<>).MakeGenericType(item), Of(item, attribute), attribute.MaximumItems)!;

    /// <summary>The type of the items.</summary>
    public abstract SpecType Item { get; }

    private sealed class Typed<T>(SpecType item, int maximumItems) : ListType
        where T : notnull
    {
        public override SpecType Item => item;

        public override string Description => "a list";

        public override string Limits => string.Create(CultureInfo.InvariantCulture, $"At most {maximumItems} items");

        public override object? Read(SpecNode node, string path, SpecReport report)
        {
            if (node is not SpecSequence sequence)
            {
                report.Add(path, $"must be a list, not {node.Noun}", "write [] for an empty list", node.Position);
                return null;
            }

            if (!IsShortEnough(sequence.Items.Count, path, report))
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

        public override JsonObject Schema() =>
            new() { ["type"] = "array", ["maxItems"] = maximumItems, ["items"] = item.Schema() };

        public override void Check(object value, string path, SpecReport report)
        {
            var list = (ValueList<T>)value;
            if (IsShortEnough(list.Count, path, report))
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

        private bool IsShortEnough(int count, string path, SpecReport report)
        {
            if (count > maximumItems)
            {
                report.Add(path, string.Create(CultureInfo.InvariantCulture, $"must have at most {maximumItems} items, not {count}"));
            }

            return count <= maximumItems;
        }
    }
}
