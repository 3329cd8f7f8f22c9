# Linux programs in layers. Run it with PowerShell 7.6, or with tools/PipelineHost where there is none.

$ErrorActionPreference = 'Stop'   # What goes wrong ends the script.

# What must be afterwards as it is now.
$places = '/etc', '/srv', '/usr/bin', '/usr/share/doc'
Save-VirtFootprint -Path out/demo/before.footprint -Place $places -Force | Format-Table

$spec = Import-VirtSpec -Path "$PSScriptRoot/applications-linux.yaml"

# What would be done, and do it. Nothing of the packages is installed: they become layers.
$spec | Deploy-VirtSpec -WhatIf
$spec | Deploy-VirtSpec | Format-Table

# The check that finds what is left: first a byte that is planted on purpose, by an application that may write to the system in one place.
Save-VirtFootprint -Path out/demo/clean.footprint -Place /opt -Force | Out-Null
Start-VirtApplication planter -ArgumentList 'sh', '-c', 'echo -n x > /opt/planted' -Wait | Format-List ExitCode
Save-VirtFootprint -Path out/demo/planted.footprint -Place /opt -Force | Out-Null
Compare-VirtFootprint -Before out/demo/clean.footprint -After out/demo/planted.footprint | Format-Table
Start-VirtApplication planter -ArgumentList 'rm', '/opt/planted' -Wait | Out-Null

# The layers, and where they disagree.
Get-VirtLayer busybox | Format-Table
Compare-VirtLayer -Name busybox@shared, busybox@static | Format-Table Kind, Path, Winner, Loser
Resolve-VirtLayerPath -Application busybox-shared -Path /usr/bin/busybox | Format-List

# Two builds of one program, at the same time, from the same path.
Start-VirtApplication busybox-shared, busybox-static -ArgumentList 'sh', '-c', 'busybox sha256sum /usr/bin/busybox; echo mine > /etc/mine; sleep 2; cat /etc/mine'
Get-VirtApplication busybox-* | Format-Table
Wait-VirtApplication busybox-shared, busybox-static
Receive-VirtApplication busybox-shared, busybox-static

# What it wrote is in its writable layer alone, and goes with a reset.
Resolve-VirtLayerPath -Application busybox-shared -Path /etc/mine | Format-List
Reset-VirtLayer busybox-shared -Force
Start-VirtApplication busybox-shared -ArgumentList 'ls', '/etc/mine' -Wait | Format-List ExitCode, StdErr

# All goes, and nothing is left.
Remove-VirtApplication planter, busybox-shared, busybox-static -Force
Remove-VirtLayer busybox -Force
Save-VirtFootprint -Path out/demo/after.footprint -Place $places -Force | Out-Null
$left = @(Compare-VirtFootprint -Before out/demo/before.footprint -After out/demo/after.footprint)
$left | Format-Table
"Left on the system: $($left.Count) changes"
