using System.Management.Automation;
using VirtFoundation;

namespace VirtCmdlets;

/// <summary>What an admin is told about a kind of failure.</summary>
/// <param name="Code">Its name, the <c>ErrorId</c>.</param>
/// <param name="Category">PowerShell's category.</param>
/// <param name="Meaning">When it happens.</param>
/// <param name="Action">What to do about it.</param>
internal sealed record ErrorEntry(VirtErrorCode Code, ErrorCategory Category, string Meaning, string Action);
