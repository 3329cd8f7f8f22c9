namespace System.Management.Automation;

public class DebugRecord(string message) : InformationalRecord(message);
