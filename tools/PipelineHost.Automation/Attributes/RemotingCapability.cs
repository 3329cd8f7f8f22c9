namespace System.Management.Automation;

public enum RemotingCapability { None, PowerShell, SupportedByCommand, OwnedByCommand }
