namespace System.Management.Automation;

public abstract class CommandInfo
{
    internal CommandInfo(string name, CommandTypes type)
    {
        Name = name;
        CommandType = type;
    }

    public string Name { get; }
    public CommandTypes CommandType { get; }
    public virtual string Source => ModuleName;
    public string ModuleName { get; internal set; } = "";

    public override string ToString() => Name;
}
