namespace System.Management.Automation;

[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class CredentialAttribute : ArgumentTransformationAttribute
{
    public override bool TransformNullOptionalParameters => false;

    /// <summary>Credentials pass; where PowerShell would ask for a password, this host fails because nobody can be asked.</summary>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => PSObject.Base(inputData) switch
    {
        null => null,
        PSCredential credential => credential,
        _ => throw new PSInvalidOperationException("PowerShell is in NonInteractive mode. Read and Prompt functionality is not available."),
    };
}
