namespace VirtFoundation.Store;

/// <summary>What a <see cref="RecordStore{TRecord, TRun}"/> keeps of each thing: who it is.</summary>
internal interface IStoredRecord
{
    /// <summary>Its identity, for all time.</summary>
    Guid Id { get; }

    /// <summary>Its name, which can change.</summary>
    string Name { get; }
}
