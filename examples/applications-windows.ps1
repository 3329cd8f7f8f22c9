# Windows programs in layers, on Linux under Wine. Run it with PowerShell 7.6, or with tools/PipelineHost where there is none.

$ErrorActionPreference = 'Stop'   # What goes wrong ends the script.

# What must be afterwards as it is now.
$places = '/etc', '/srv', '/usr/bin', '/usr/share/doc'
Save-VirtFootprint -Path out/demo/before.footprint -Place $places -Force | Out-Null

$spec = Import-VirtSpec -Path "$PSScriptRoot/applications-windows.yaml"
$spec | Deploy-VirtSpec | Format-Table
Get-VirtLayer -Name notes, clock, node | Format-Table

# The Wine prefix below all of them was made for the first capture; from now on nobody may change it.
$prefixes = "$((Get-VirtHost).Directory)/prefixes"
Save-VirtFootprint -Path out/demo/prefix-before.footprint -Place $prefixes -Force | Out-Null

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

# The check that finds what is left: first a byte that is planted on purpose. Drive Z: is the system itself.
Save-VirtFootprint -Path out/demo/clean.footprint -Place /opt -Force | Out-Null
Start-VirtApplication node-22 -ArgumentList '-e', 'require("fs").writeFileSync("Z:\\opt\\planted", "x")' -Wait | Format-List ExitCode
Save-VirtFootprint -Path out/demo/planted.footprint -Place /opt -Force | Out-Null
Compare-VirtFootprint -Before out/demo/clean.footprint -After out/demo/planted.footprint | Format-Table
Start-VirtApplication node-22 -ArgumentList '-e', 'require("fs").unlinkSync("Z:\\opt\\planted")' -Wait | Out-Null

# All goes, and nothing is left.
Remove-VirtApplication office, node-18, node-22 -Force
Remove-VirtLayer -Name notes, clock, node -Force
Save-VirtFootprint -Path out/demo/after.footprint -Place $places -Force | Out-Null
Save-VirtFootprint -Path out/demo/prefix-after.footprint -Place $prefixes -Force | Out-Null
$left = @(
    Compare-VirtFootprint -Before out/demo/before.footprint -After out/demo/after.footprint
    Compare-VirtFootprint -Before out/demo/prefix-before.footprint -After out/demo/prefix-after.footprint
)
$left | Format-Table
"Left on the system and in the prefix: $($left.Count) changes"
