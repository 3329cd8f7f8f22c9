# From YAML to the output of a command inside a guest. Run it with PowerShell 7.6, or with tools/PipelineHost where there is none.
# It needs the image of quickstart.yaml: Install-VirtImage makes it from Debian's packages.

$ErrorActionPreference = 'Stop'   # What goes wrong ends the script.

$spec = Import-VirtSpec -Path "$PSScriptRoot/quickstart.yaml"

# What would be done.
$spec | Deploy-VirtSpec -Start -WhatIf

# Do it, and wait until the guest agent answers.
$spec | Deploy-VirtSpec -Start -Wait Agent -Timeout 5m | Format-Table
Get-VirtMachine | Format-Table

# Commands inside the guest are objects out here.
$kernel = Invoke-VirtCommand -Machine quickstart -Command 'uname -r'
$kernel | Format-List
$kernel.ExitCode

# Standard error and the exit code come apart from standard output.
Invoke-VirtCommand -Machine quickstart -Command 'echo fine; echo broken >&2; exit 3' | Format-List

# Input goes in, output comes out.
Invoke-VirtCommand -Machine quickstart -Command 'wc -l' -InputObject 'one', 'two', 'three' | Format-List Machine, ExitCode, StdOut

# What takes too long is ended, and the object says so.
Invoke-VirtCommand -Machine quickstart -Command 'sleep 60' -Timeout 1s | Format-List ExitCode, Signal, TimedOut, Duration

# What the machine does: processors, disks, networks, memory. Memory that nobody needs now goes back to the host.
Measure-VirtMachine quickstart | Format-Table
Set-VirtMachine quickstart -BalloonTarget 64MiB
(Measure-VirtMachine quickstart -Interval 2s).Memory | Format-List

# Everything is as the file says: nothing to do.
$spec | Deploy-VirtSpec -Start | Format-Table

# What happened.
Get-VirtEvent quickstart | Format-Table

Stop-VirtMachine quickstart -PassThru | Format-Table
Remove-VirtMachine quickstart -Confirm:$false
Get-VirtMachine
