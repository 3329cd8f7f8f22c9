# Windows programs in layers, on Linux under Wine. Run it with PowerShell 7.6, or with tools/PipelineHost where there is none.

$ErrorActionPreference = 'Stop'   # What goes wrong ends the script.

$spec = Import-VirtSpec -Path "$PSScriptRoot/applications-windows.yaml"
$spec | Deploy-VirtSpec | Format-Table
Get-VirtLayer -Name notes, clock, node | Format-Table

# Two installers in one stack: what programs see, and which layer it comes from.
Compare-VirtLayer -Name notes, clock | Format-Table
Resolve-VirtLayerPath -Application office -Recurse | Format-Table
Start-VirtApplication office -ArgumentList '/c', 'reg query HKLM\Software\Demo /s' -Wait | Format-List ExitCode, StdOut

# Two versions of Node.js at the same time, from the same path.
$script = 'console.log(process.version, process.execPath); setTimeout(() => {}, 3000)'
Start-VirtApplication node-18, node-22 -ArgumentList '-e', $script
Get-VirtApplication node-* | Format-Table
Wait-VirtApplication node-18, node-22
Receive-VirtApplication node-18, node-22

# What a program writes stands in its own writable layer, and goes with a reset.
Start-VirtApplication node-22 -ArgumentList '-e', 'require("fs").writeFileSync("C:\\Program Files\\nodejs\\mine.txt", "x")' -Wait | Format-List ExitCode
Resolve-VirtLayerPath -Application node-22 -Path '{ProgramFiles}\nodejs\mine.txt' | Format-List
Reset-VirtLayer node-22 -Force
Start-VirtApplication node-22 -ArgumentList '-p', 'require("fs").existsSync("C:\\Program Files\\nodejs\\mine.txt")' -Wait | Format-List ExitCode, StdOut

Remove-VirtApplication office, node-18, node-22 -Force
Remove-VirtLayer -Name notes, clock, node -Force
