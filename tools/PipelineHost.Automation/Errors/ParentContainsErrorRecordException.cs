namespace System.Management.Automation;

public class ParentContainsErrorRecordException : SystemException
{
    public ParentContainsErrorRecordException() { }

    public ParentContainsErrorRecordException(string? message) : base(message) { }

    public ParentContainsErrorRecordException(string? message, Exception? innerException) : base(message, innerException) { }

    public ParentContainsErrorRecordException(Exception wrapperException) : base(wrapperException.Message) { }
}
