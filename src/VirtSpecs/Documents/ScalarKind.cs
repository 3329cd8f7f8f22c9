namespace VirtSpecs;

/// <summary>What a scalar is, by YAML 1.2's core schema (section 10.3.2), which JSON's types agree with.</summary>
internal enum ScalarKind
{
    Null,
    Boolean,
    Integer,
    Float,
    Text,
}
