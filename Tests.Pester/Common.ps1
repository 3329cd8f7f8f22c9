# What every file of tests begins with: the module, a root of its own for machines and images, and what tests share.
# VIRTTOOLS_MODULE names the manifest; without it the newest that a build or ./build.sh package left in this repository.
$manifest = $env:VIRTTOOLS_MODULE
if (-not $manifest) {
    $manifest = 'out/VirtTools', 'src/VirtCmdlets/bin/Release/net10.0', 'src/VirtCmdlets/bin/Debug/net10.0' |
        ForEach-Object { "$PSScriptRoot/../$_/VirtCmdlets.dll" } | Where-Object { Test-Path $_ } | Get-Item |
        Sort-Object LastWriteTimeUtc | Select-Object -Last 1 | ForEach-Object { Join-Path $_.DirectoryName 'VirtTools.psd1' }
    if (-not $manifest) {
        throw 'There is no module to test: build it with ./build.sh package, or name its manifest in VIRTTOOLS_MODULE.'
    }
}
Import-Module $manifest -Force

$homeBefore = $env:VIRTTOOLS_HOME

# A guest that can boot: named by VIRTTOOLS_TEST_KERNEL and VIRTTOOLS_TEST_INITRD, or this user's image as Install-VirtImage makes it, or the
# one that the tests of VirtEngine made.
$guest = if ($env:VIRTTOOLS_TEST_KERNEL) {
    @{ Kernel = $env:VIRTTOOLS_TEST_KERNEL; Initrd = $env:VIRTTOOLS_TEST_INITRD; CommandLine = 'console=ttyS0' }
} else {
    $cache = if ($env:XDG_CACHE_HOME) { $env:XDG_CACHE_HOME } else { "$HOME/.cache" }
    @($homeBefore) + @(Get-ChildItem "$cache/virttools-tests/guest-*" -Directory -ErrorAction Ignore).FullName |
        ForEach-Object { $env:VIRTTOOLS_HOME = $_; Get-VirtImage -Name debian-* -ErrorAction Ignore } | Select-Object -First 1 |
        ForEach-Object { @{ Kernel = $_.KernelPath; Initrd = $_.InitrdPath; CommandLine = $_.CommandLine } }
}

$env:VIRTTOOLS_HOME = Join-Path ([System.IO.Path]::GetTempPath()) ('vt-' + [guid]::NewGuid().ToString('N').Substring(0, 8))

function Remove-TestRoot {
    # For AfterAll: no machine, no application, no worker and no file is left.
    Get-VirtMachine | Remove-VirtMachine -Force -Confirm:$false
    Get-VirtApplication | Remove-VirtApplication -Force -Confirm:$false
    if (Test-Path $env:VIRTTOOLS_HOME) {
        Remove-Item $env:VIRTTOOLS_HOME -Recurse -Force
    }
    $env:VIRTTOOLS_HOME = $homeBefore
}

function Skip-WithoutGuest {
    # For the first line of a test that boots a guest.
    if (-not $guest) {
        Set-ItResult -Skipped -Because 'there is no guest image: run Install-VirtImage or ./build.sh demo, or set VIRTTOOLS_TEST_KERNEL and VIRTTOOLS_TEST_INITRD'
    }
}

function Send-Travelling {
    # An object as it arrives out of a job or another computer.
    process {
        [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($_))
    }
}

function Get-Completion {
    # What Tab offers at the end of a line.
    param([string] $Line)
    (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches.CompletionText
}

function Get-WhatIf {
    # The lines that a script writes with -WhatIf: only a host sees them, so a transcript of another process keeps them.
    param([string] $Script)
    $path = (Get-Module VirtTools).Path -replace 'VirtCmdlets\.dll$', 'VirtTools.psd1'
    & ([System.Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$path'; $Script" |
        Where-Object { $_ -like 'What if:*' }
}

function Get-BindingFault {
    # What in a script this module's commands could not take: syntax, unknown commands, parameters that are unknown or don't go together.
    param([string] $Script)
    $errors = $null
    $ast = [System.Management.Automation.Language.Parser]::ParseInput($Script, [ref] $null, [ref] $errors)
    $errors.Message
    foreach ($call in $ast.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) {
        if (-not (Get-Command $call.GetCommandName() -ErrorAction Ignore)) { "$($call.GetCommandName()) is no command" }
        $bound = [System.Management.Automation.Language.StaticParameterBinder]::BindCommand($call, $true)
        $bound.BindingExceptions.Values | ForEach-Object { "$($call): $($_.BindingException.Message)" }
    }
}

function Get-ParameterShape {
    # What a command's parameters are, as one text per parameter: name, type, sets with position and m(andatory), v(alue), p(roperty).
    param([string] $Command)
    $common = [System.Management.Automation.PSCmdlet]::CommonParameters + [System.Management.Automation.PSCmdlet]::OptionalCommonParameters
    foreach ($parameter in (Get-Command $Command).Parameters.Values | Where-Object Name -notin $common | Sort-Object Name) {
        $sets = foreach ($set in $parameter.ParameterSets.GetEnumerator() | Sort-Object Key) {
            $marks = ''
            if ($set.Value.IsMandatory) { $marks += 'm' }
            if ($set.Value.ValueFromPipeline) { $marks += 'v' }
            if ($set.Value.ValueFromPipelineByPropertyName) { $marks += 'p' }
            $position = if ($set.Value.Position -ge 0) { $set.Value.Position } else { '' }
            "$($set.Key)[$position$marks]"
        }
        "$($parameter.Name):$($parameter.ParameterType.Name):$($sets -join ',')"
    }
}
