# A root of its own for each file of tests.
$env:VIRTTOOLS_HOME = Join-Path ([System.IO.Path]::GetTempPath()) ('vt-' + [guid]::NewGuid().ToString('N').Substring(0, 8))
$manifest = $env:VIRTTOOLS_MODULE
if (-not $manifest) {
    $manifest = "$PSScriptRoot/../src/VirtCmdlets/bin/Debug/net10.0/VirtTools.psd1"
}
Import-Module $manifest -Force

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
