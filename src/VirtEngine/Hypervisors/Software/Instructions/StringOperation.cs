namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>What a string instruction does.</summary>
internal enum StringOperation
{
    Move,
    Store,
    Load,
    Compare,
    Scan,
    Input,
    Output,
}
