using System.Management.Automation;
using System.Text;
using VirtFoundation;

namespace VirtCmdlets;

/// <summary>Every error that the cmdlets report. <c>docs/errors.md</c> is written from it.</summary>
internal static class ErrorCatalog
{
    internal static readonly IReadOnlyList<ErrorEntry> Entries =
    [
        new(VirtErrorCode.InternalError, ErrorCategory.NotSpecified, "A fault of VirtTools itself.",
            "Look into worker.log in the machine's directory, and report it with the steps that lead to it."),
        new(VirtErrorCode.MachineNotFound, ErrorCategory.ObjectNotFound, "No machine has the name or identity.",
            "List the machines with Get-VirtMachine; those of the computer need -Scope Machine."),
        new(VirtErrorCode.MachineNameInUse, ErrorCategory.ResourceExists, "Another machine has the name, whatever its case.",
            "Choose another name, or remove the other machine with Remove-VirtMachine."),
        new(VirtErrorCode.MachineRunning, ErrorCategory.ResourceBusy, "The machine must be off for this, or is being started by somebody else.",
            "Stop it with Stop-VirtMachine first."),
        new(VirtErrorCode.MachineNotRunning, ErrorCategory.InvalidOperation, "The machine must be running for this.",
            "Start it with Start-VirtMachine first."),
        new(VirtErrorCode.MachineStateInvalid, ErrorCategory.InvalidOperation, "The machine's state does not allow this.",
            "Look at its state with Get-VirtMachine."),
        new(VirtErrorCode.MachineStartFailed, ErrorCategory.NotSpecified, "The machine could not be started.",
            "Read the message, and worker.log in the machine's directory."),
        new(VirtErrorCode.MachineFailed, ErrorCategory.InvalidResult, "The machine failed while it ran or while it was waited for.",
            "Read its console with Receive-VirtMachine and its events with Get-VirtEvent, then start it again."),
        new(VirtErrorCode.MachineStopTimeout, ErrorCategory.OperationTimeout, "The guest did not shut down in time.",
            "Give it more time with -Timeout, or turn it off with -TurnOff."),
        new(VirtErrorCode.MachineWaitTimeout, ErrorCategory.OperationTimeout, "What was waited for did not come in time.",
            "Give it more time with -Timeout, and read the console with Receive-VirtMachine."),
        new(VirtErrorCode.BootFileNotFound, ErrorCategory.ObjectNotFound, "The kernel or the initial RAM disk is missing.",
            "Correct boot.kernel or boot.initrd of the machine."),
        new(VirtErrorCode.BootFileInvalid, ErrorCategory.InvalidData, "A file to boot from is not what it should be, or does not fit.",
            "Name a Linux kernel (bzImage or ELF) and an initial RAM disk for it."),
        new(VirtErrorCode.DiskFileNotFound, ErrorCategory.ObjectNotFound, "The file of a disk is missing.",
            "Correct the path of the disk in the machine, or make the file."),
        new(VirtErrorCode.DiskFileInvalid, ErrorCategory.InvalidData, "The file of a disk is not what it should be.",
            "Name a file with a raw disk: its bytes are the disk's, a multiple of 512."),
        new(VirtErrorCode.DiskFileInUse, ErrorCategory.ResourceBusy, "Another machine has the disk.",
            "Stop the machine that has it, or give both machines the disk with readOnly: true."),
        new(VirtErrorCode.OutOfMemory, ErrorCategory.ResourceUnavailable, "The host has not enough memory.",
            "Give the machine less memory, or stop others."),
        new(VirtErrorCode.HypervisorUnavailable, ErrorCategory.ResourceUnavailable, "The hypervisor is unknown or does not work here.",
            "Leave the hypervisor to VirtTools, or see what works with Get-VirtHost."),
        new(VirtErrorCode.WorkerNotFound, ErrorCategory.ObjectNotFound, "The worker's program is missing or cannot be started.",
            "Install the module again."),
        new(VirtErrorCode.WorkerLost, ErrorCategory.ConnectionError, "The machine's worker ended unexpectedly.",
            "Start the machine again; worker.log in its directory may say why it ended."),
        new(VirtErrorCode.WorkerUnresponsive, ErrorCategory.OperationTimeout, "The worker lives and does not answer.",
            "Try again; if it stays so, end the process that Get-VirtMachine names and start the machine again."),
        new(VirtErrorCode.ProtocolVersionMismatch, ErrorCategory.ConnectionError, "The worker was started by another version of VirtTools.",
            "Use that version to stop the machine, then start it again with this one."),
        new(VirtErrorCode.ProtocolViolation, ErrorCategory.ProtocolError, "The worker said what it must not say.",
            "Look into worker.log in the machine's directory."),
        new(VirtErrorCode.AccessDenied, ErrorCategory.PermissionDenied, "A file, directory or socket belongs to somebody else or is open to others.",
            "Correct its owner and mode, or VIRTTOOLS_HOME; for the computer's machines run as administrator, or join the operators' group."),
        new(VirtErrorCode.SocketPathTooLong, ErrorCategory.LimitsExceeded, "A control socket's path does not fit.",
            "Set VIRTTOOLS_HOME or XDG_RUNTIME_DIR to a shorter path."),
        new(VirtErrorCode.RootUnusable, ErrorCategory.InvalidArgument, "The directory that shall hold everything is a file, cannot be made where it is wanted, or is named by a relative path.",
            "Correct VIRTTOOLS_HOME, or take it away."),
        new(VirtErrorCode.StateFileTooNew, ErrorCategory.InvalidData, "A newer version of VirtTools wrote a state file.",
            "Use that version."),
        new(VirtErrorCode.StateFileDamaged, ErrorCategory.InvalidData, "A state file cannot be understood.",
            "Restore it from a backup, or remove the machine's directory."),
        new(VirtErrorCode.StorageFailed, ErrorCategory.WriteError, "Reading or writing failed: disk full, input/output error, lock held too long.",
            "Make room on the disk, or repair it."),
        new(VirtErrorCode.AgentNotConnected, ErrorCategory.ConnectionError, "The guest agent is not there.",
            "Wait for it with Wait-VirtMachine -For Agent; the guest needs qemu-guest-agent."),
        new(VirtErrorCode.AgentTimeout, ErrorCategory.OperationTimeout, "The guest agent did not answer in time; nothing was carried out.",
            "Try again; see whether the guest is busy with Receive-VirtMachine."),
        new(VirtErrorCode.AgentRefused, ErrorCategory.InvalidOperation, "The guest agent refused.",
            "Read its message; paths and programs are the guest's."),
        new(VirtErrorCode.AgentProtocolViolation, ErrorCategory.ProtocolError, "The guest agent said what it must not say.",
            "Do not trust the guest; update its agent."),
        new(VirtErrorCode.AgentOutcomeUnknown, ErrorCategory.ConnectionError, "A command was sent and its end was not seen: it may or may not have been carried out.",
            "Look in the guest before you repeat it."),
        new(VirtErrorCode.ImageNotFound, ErrorCategory.ObjectNotFound, "No image has the name or digest.",
            "List the images with Get-VirtImage, or install one with Install-VirtImage."),
        new(VirtErrorCode.ImageInUse, ErrorCategory.ResourceBusy, "A machine boots the image.",
            "Remove the machine or give it another image first; -Force removes the image all the same."),
        new(VirtErrorCode.ImageInvalid, ErrorCategory.InvalidData, "The image cannot be made, installed or removed.",
            "Read the message."),
        new(VirtErrorCode.SpecInvalid, ErrorCategory.InvalidData, "A spec is wrong, or asks for what this version cannot do.",
            "Correct the keys that the message names; Test-VirtSpec checks without changing anything."),
        new(VirtErrorCode.FileNotFound, ErrorCategory.ObjectNotFound, "A file of this computer was not found.",
            "Correct the path."),
        new(VirtErrorCode.FileExists, ErrorCategory.ResourceExists, "The file exists already.",
            "Choose another path, or use -Force to replace it."),
        new(VirtErrorCode.ParameterInvalid, ErrorCategory.InvalidArgument, "Values of parameters do not fit together or are out of bounds.",
            "Read the command's help."),
        new(VirtErrorCode.LayerNotFound, ErrorCategory.ObjectNotFound, "No layer has the name, version or identity.",
            "List the layers with Get-VirtLayer; those of the computer need -Scope Machine."),
        new(VirtErrorCode.LayerNameInUse, ErrorCategory.ResourceExists, "Another layer has the name and version, whatever their case.",
            "Choose another version, or remove the other layer with Remove-VirtLayer."),
        new(VirtErrorCode.LayerInUse, ErrorCategory.ResourceBusy, "A virtual application is made of the layer, or another command uses it.",
            "Remove the application with Remove-VirtApplication first, or stop what uses the layer."),
        new(VirtErrorCode.LayerDamaged, ErrorCategory.InvalidData, "A layer's files in the store are not what was committed.",
            "See what is wrong with Test-VirtLayer; remove the layer and make it again."),
        new(VirtErrorCode.LayerInvalid, ErrorCategory.InvalidData, "Files or registry entries cannot become a layer.",
            "Read the message: it names what a layer cannot hold."),
        new(VirtErrorCode.CaptureNotFound, ErrorCategory.ObjectNotFound, "No capture that was started has the name or identity.",
            "List the captures with Get-VirtCapture; those of the computer need -Scope Machine."),
        new(VirtErrorCode.CaptureNameInUse, ErrorCategory.ResourceExists, "Another capture was started under the name.",
            "Stop it with Stop-VirtCapture, or choose another name."),
        new(VirtErrorCode.CaptureInUse, ErrorCategory.ResourceBusy, "Another command works on the capture, or programs of its Wine prefix run.",
            "Wait for the other command; end the prefix's programs with wineserver -k."),
        new(VirtErrorCode.CaptureFailed, ErrorCategory.OperationStopped, "The installation failed, or what it left cannot be captured.",
            "Read the message, which has the end of the installer's output; try the installer by hand."),
        new(VirtErrorCode.CaptureTimeout, ErrorCategory.OperationTimeout, "The installation did not end in time.",
            "Make sure that the installer asks nothing (a silent mode), or give it more time in the spec's timeout."),
        new(VirtErrorCode.FileInvalid, ErrorCategory.InvalidData, "A file is damaged, or not of the format that it should be of.",
            "Look at the place and field that the message names; make the file anew, or take it from a backup."),
        new(VirtErrorCode.MountFailed, ErrorCategory.DeviceError, "The kernel refused to mount or unmount something for an application.",
            "The message names the place and what the kernel said."),
        new(VirtErrorCode.NamespaceUnavailable, ErrorCategory.PermissionDenied,
            "This user can't have a mount namespace here, in which an application would see its layers.",
            "The message says what is missing; an administrator can change it, or start the application."),
        new(VirtErrorCode.ApplicationNotFound, ErrorCategory.ObjectNotFound, "No virtual application has the name or identity.",
            "List the applications with Get-VirtApplication; those of the computer need -Scope Machine."),
        new(VirtErrorCode.ApplicationNameInUse, ErrorCategory.ResourceExists, "Another virtual application has the name, whatever its case.",
            "Choose another name, or remove the other application with Remove-VirtApplication."),
        new(VirtErrorCode.ApplicationRunning, ErrorCategory.ResourceBusy, "The virtual application runs, is being started or removed.",
            "Stop it first with Stop-VirtApplication."),
        new(VirtErrorCode.ApplicationNotRunning, ErrorCategory.InvalidOperation, "None of the virtual application's programs runs.",
            "Start it with Start-VirtApplication."),
        new(VirtErrorCode.ApplicationStartFailed, ErrorCategory.OpenError, "The virtual application could not be started.",
            "Read the message; worker.log in its directory says more."),
        new(VirtErrorCode.ApplicationFailed, ErrorCategory.InvalidResult, "The virtual application failed: its worker was lost, or what it wrote could not be kept.",
            "Read the message; start it again."),
        new(VirtErrorCode.ApplicationStopTimeout, ErrorCategory.OperationTimeout, "The virtual application's programs did not end in time and go on running.",
            "Give them more time with -Timeout, or kill them with -Kill."),
        new(VirtErrorCode.ProgramNotFound, ErrorCategory.ObjectNotFound, "The program or its working directory is not in the application's view.",
            "Correct the path; see what the layers hold with Resolve-VirtLayerPath."),
        new(VirtErrorCode.WineUnavailable, ErrorCategory.NotInstalled, "Wine, which runs Windows programs on Linux, is not installed or cannot make a prefix.",
            "Install the package that the message names."),
        new(VirtErrorCode.ApplicationWaitTimeout, ErrorCategory.OperationTimeout, "A program of an application had not ended in time; it goes on.",
            "Give it more time with -Timeout, or end it with Stop-VirtApplication."),
        new(VirtErrorCode.PathNotFound, ErrorCategory.ObjectNotFound, "Nothing is at the path in the layers, nor below them.",
            "Correct the path; list what the layers hold with Resolve-VirtLayerPath -Recurse."),
        new(VirtErrorCode.NetworkUnavailable, ErrorCategory.ResourceUnavailable, "A network interface of the host is missing, in use, or of another kind.",
            "Make the TAP interface as root, as the message says, and bring it up."),
        new(VirtErrorCode.SwitchNotFound, ErrorCategory.ObjectNotFound, "No switch has the name or identity.",
            "List the switches with Get-VirtSwitch, or make it with New-VirtSwitch."),
        new(VirtErrorCode.SwitchNameInUse, ErrorCategory.ResourceExists, "Another switch has the name, whatever its case.",
            "Choose another name, or remove the other switch with Remove-VirtSwitch."),
        new(VirtErrorCode.SwitchRunning, ErrorCategory.ResourceBusy, "The switch must be stopped for this, or is being started by somebody else.",
            "Stop it with Stop-VirtSwitch first."),
        new(VirtErrorCode.SwitchNotRunning, ErrorCategory.InvalidOperation, "The switch must be running for this.",
            "Start it with Start-VirtSwitch first."),
        new(VirtErrorCode.SwitchStartFailed, ErrorCategory.NotSpecified, "The switch could not be started.",
            "Read the message, and worker.log in the switch's directory."),
        new(VirtErrorCode.TerminalUnavailable, ErrorCategory.DeviceError, "There is no terminal to connect to a machine's console.",
            "In scripts use Send-VirtMachine and Receive-VirtMachine; else run it at a prompt, with input and output not redirected."),
    ];

    private static readonly Dictionary<VirtErrorCode, ErrorEntry> ByCode = Entries.ToDictionary(entry => entry.Code);

    /// <summary>The error as PowerShell reports it.</summary>
    internal static ErrorRecord ToRecord(VirtException failure, object? target)
    {
        var entry = ByCode[failure.Code];
        return new(failure, entry.Code.ToString(), entry.Category, target)
        {
            ErrorDetails = new(failure.Message) { RecommendedAction = entry.Action },
        };
    }

    /// <summary>The page in <c>docs/</c>.</summary>
    internal static string ToMarkdown()
    {
        var page = new StringBuilder(
            "# Errors\n\nEvery error has a stable `FullyQualifiedErrorId` (`<name>,<cmdlet's class>`), a category, the object it concerns as target, and\n"
            + "a recommended action (`$_.ErrorDetails.RecommendedAction`). This page is written from the table in `src/VirtCmdlets/ErrorCatalog.cs`;\n"
            + "a test keeps the two equal.\n\n| ErrorId | Category | When | What to do |\n|---|---|---|---|\n");
        foreach (var entry in Entries)
        {
            page.Append(null, $"| `{entry.Code}` | {entry.Category} | {entry.Meaning} | {entry.Action} |\n");
        }

        return page.ToString();
    }
}
