namespace System.Management.Automation;

public class InformationRecord(object messageData, string source)
{
    public object MessageData { get; internal set; } = messageData;
    public string Source { get; set; } = source;
    public DateTime TimeGenerated { get; set; } = DateTime.Now;
    public List<string> Tags { get; internal set; } = [];
    public string User { get; set; } = Environment.UserName;
    public string Computer { get; set; } = Environment.MachineName;
    public uint ProcessId { get; set; } = (uint)Environment.ProcessId;

    public override string ToString() => PSObject.ToStringInvariant(MessageData);
}
