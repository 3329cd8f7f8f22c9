namespace System.Management.Automation;

public class VerboseRecord(string message) : InformationalRecord(message);
