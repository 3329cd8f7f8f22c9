# Several machines from one file: bring them up, ask all of them the same, find drift, put it right, and take everything away again.
# It needs the image of fleet.yaml: Install-VirtImage debian-12-cloud makes it from Debian's packages.

$ErrorActionPreference = 'Stop'   # What goes wrong ends the script.

$fleet = Import-VirtSpec -Path "$PSScriptRoot/fleet.yaml"
$fleet | Format-Table

# Make and start them all, and wait until each guest's agent answers.
$fleet | Deploy-VirtSpec -Wait Agent -Timeout 5m | Format-Table
Get-VirtMachine fleet* | Format-Table

# One command in every guest; each answer names its machine.
Get-VirtMachine fleet* | Invoke-VirtCommand -Command 'grep MemTotal /proc/meminfo' | Format-List Machine, ExitCode, StdOut

# Plain PowerShell chooses, sorts and shows.
Get-VirtMachine fleet* | Where-Object Processors -eq 1 | Sort-Object Name | Format-Table Name, State, Memory

# Somebody changes a machine by hand. The comparison names what differs; what is right is not shown.
Set-VirtMachine fleet02 -Notes 'Changed by hand.'
$fleet | Compare-VirtSpec | Format-Table

# Deploying again puts it right, without a restart since notes need none. Then nothing differs.
$fleet | Deploy-VirtSpec | Format-Table
$fleet | Compare-VirtSpec

# Stop all: specs name machines as well as machines do.
$fleet | Stop-VirtMachine
Get-VirtMachine fleet* | Format-Table

# What happened to one of them, from its making to its end.
Get-VirtEvent fleet01 | Format-Table

Get-VirtMachine fleet* | Remove-VirtMachine -Confirm:$false
