namespace VirtFoundation;

/// <summary>
/// What can go wrong, by name. The names are part of the contract: cmdlets use them as <c>ErrorId</c>, workers send them to their clients,
/// <c>docs/errors.md</c> lists them. A name is never reused for something else.
/// </summary>
public enum VirtErrorCode
{
    /// <summary>A fault of VirtTools itself.</summary>
    InternalError,

    /// <summary>There is no such machine.</summary>
    MachineNotFound,

    /// <summary>Another machine under the same root has the name.</summary>
    MachineNameInUse,

    /// <summary>The machine must be stopped for this.</summary>
    MachineRunning,

    /// <summary>The machine must be running for this.</summary>
    MachineNotRunning,

    /// <summary>The machine's state does not allow this.</summary>
    MachineStateInvalid,

    /// <summary>The machine could not be started.</summary>
    MachineStartFailed,

    /// <summary>The machine failed while it ran.</summary>
    MachineFailed,

    /// <summary>The guest did not shut down in time.</summary>
    MachineStopTimeout,

    /// <summary>What was waited for did not come in time.</summary>
    MachineWaitTimeout,

    /// <summary>A file that the machine boots from is missing.</summary>
    BootFileNotFound,

    /// <summary>A file that the machine boots from is not what it should be.</summary>
    BootFileInvalid,

    /// <summary>The file of a disk is missing.</summary>
    DiskFileNotFound,

    /// <summary>The file of a disk is not what it should be.</summary>
    DiskFileInvalid,

    /// <summary>Another machine has the disk.</summary>
    DiskFileInUse,

    /// <summary>The host has not enough memory for the machine.</summary>
    OutOfMemory,

    /// <summary>The hypervisor is unknown, or does not work on this host.</summary>
    HypervisorUnavailable,

    /// <summary>The worker's program was not found.</summary>
    WorkerNotFound,

    /// <summary>The worker ended unexpectedly.</summary>
    WorkerLost,

    /// <summary>The worker lives and does not answer.</summary>
    WorkerUnresponsive,

    /// <summary>Worker and client speak no common version of the control protocol.</summary>
    ProtocolVersionMismatch,

    /// <summary>The other side broke the control protocol.</summary>
    ProtocolViolation,

    /// <summary>The directory, file or socket belongs to someone else or is open to others.</summary>
    AccessDenied,

    /// <summary>The path is too long for a Unix socket.</summary>
    SocketPathTooLong,

    /// <summary>The directory that shall hold everything is a file, lies where none can be, or is named by a relative path.</summary>
    RootUnusable,

    /// <summary>A state file was written by a newer version.</summary>
    StateFileTooNew,

    /// <summary>A state file cannot be understood.</summary>
    StateFileDamaged,

    /// <summary>Reading or writing failed: disk full, input/output error.</summary>
    StorageFailed,

    /// <summary>The guest agent is not connected.</summary>
    AgentNotConnected,

    /// <summary>The guest agent did not answer in time.</summary>
    AgentTimeout,

    /// <summary>The guest agent answered with an error.</summary>
    AgentRefused,

    /// <summary>The guest agent broke its protocol.</summary>
    AgentProtocolViolation,

    /// <summary>The connection to the guest agent broke after a command was sent: it may or may not have been carried out.</summary>
    AgentOutcomeUnknown,

    /// <summary>There is no such image.</summary>
    ImageNotFound,

    /// <summary>A machine boots the image.</summary>
    ImageInUse,

    /// <summary>The image cannot be used or installed.</summary>
    ImageInvalid,

    /// <summary>The spec is wrong, or asks for something that this version cannot do.</summary>
    SpecInvalid,

    /// <summary>A file of the host was not found.</summary>
    FileNotFound,

    /// <summary>The file exists already.</summary>
    FileExists,

    /// <summary>Values of parameters do not fit together.</summary>
    ParameterInvalid,

    /// <summary>There is no such layer.</summary>
    LayerNotFound,

    /// <summary>Another layer under the same root has the name and version.</summary>
    LayerNameInUse,

    /// <summary>Somebody uses the layer.</summary>
    LayerInUse,

    /// <summary>A layer's files in the store are damaged.</summary>
    LayerDamaged,

    /// <summary>The files or registry entries cannot become a layer.</summary>
    LayerInvalid,

    /// <summary>There is no such capture.</summary>
    CaptureNotFound,

    /// <summary>Another capture that was started has the name.</summary>
    CaptureNameInUse,

    /// <summary>Another command works on the capture.</summary>
    CaptureInUse,

    /// <summary>The installation failed, or what it left cannot be captured.</summary>
    CaptureFailed,

    /// <summary>The installation did not end in time.</summary>
    CaptureTimeout,

    /// <summary>A file is damaged, or not of the format that it should be of.</summary>
    FileInvalid,

    /// <summary>The kernel refused to mount or unmount something.</summary>
    MountFailed,

    /// <summary>This user can't have a mount namespace of an application's own here.</summary>
    NamespaceUnavailable,

    /// <summary>There is no such virtual application.</summary>
    ApplicationNotFound,

    /// <summary>Another virtual application under the same root has the name.</summary>
    ApplicationNameInUse,

    /// <summary>The virtual application must not be running for this.</summary>
    ApplicationRunning,

    /// <summary>The virtual application must be running for this.</summary>
    ApplicationNotRunning,

    /// <summary>The virtual application could not be started.</summary>
    ApplicationStartFailed,

    /// <summary>The virtual application failed while it ran.</summary>
    ApplicationFailed,

    /// <summary>The virtual application's programs did not end in time.</summary>
    ApplicationStopTimeout,

    /// <summary>The program to run is not in the application's view.</summary>
    ProgramNotFound,

    /// <summary>Wine, which runs Windows programs on Linux, is not installed or does not work.</summary>
    WineUnavailable,

    /// <summary>A program of a virtual application had not ended in time.</summary>
    ApplicationWaitTimeout,

    /// <summary>Nothing is at the path in a stack of layers.</summary>
    PathNotFound,

    /// <summary>A network interface of the host is missing, or may not be used.</summary>
    NetworkUnavailable,

    /// <summary>There is no such switch.</summary>
    SwitchNotFound,

    /// <summary>Another switch under the same root has the name.</summary>
    SwitchNameInUse,

    /// <summary>The switch must be stopped for this.</summary>
    SwitchRunning,

    /// <summary>The switch must be running for this.</summary>
    SwitchNotRunning,

    /// <summary>The switch could not be started.</summary>
    SwitchStartFailed,

    /// <summary>There is no terminal that a machine's console could be connected to.</summary>
    TerminalUnavailable,
}
