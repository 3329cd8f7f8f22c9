namespace System.Management.Automation;

public enum CommandOrigin { Runspace, Internal }
