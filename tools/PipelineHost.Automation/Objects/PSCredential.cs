using System.Net;
using System.Security;

namespace System.Management.Automation;

public sealed class PSCredential
{
    public PSCredential(string userName, SecureString password)
    {
        ArgumentException.ThrowIfNullOrEmpty(userName);
        ArgumentNullException.ThrowIfNull(password);
        UserName = userName;
        Password = password;
    }

    public string UserName { get; }
    public SecureString Password { get; }
    public static PSCredential Empty { get; } = new();

    public NetworkCredential GetNetworkCredential()
    {
        int backslash = UserName.IndexOf('\\', StringComparison.Ordinal);
        return backslash < 0
            ? new NetworkCredential(UserName, Password)
            : new NetworkCredential(UserName[(backslash + 1)..], Password, UserName[..backslash]);
    }

    private PSCredential()
    {
        UserName = "";
        Password = new SecureString();
    }
}
