# Runs the Pester tests under a path and writes their results as JSON: Name, Outcome (Passed, Failed or Skipped), Message.
# Ends with 0 when Pester came to the end of every file, whatever its tests' outcomes.
param([Parameter(Mandatory)] [string] $Path, [Parameter(Mandatory)] [string] $ResultFile)
$ErrorActionPreference = 'Stop'
$env:NO_COLOR = '1'
Import-Module Pester -MinimumVersion 5.0
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$run = Invoke-Pester -Configuration $configuration
$results = foreach ($test in $run.Tests | Where-Object Result -NE 'NotRun') {
    $outcome = if ($test.Result -in 'Passed', 'Skipped') { "$($test.Result)" } else { 'Failed' }
    [pscustomobject]@{ Name = $test.ExpandedPath; Outcome = $outcome; Message = $test.ErrorRecord -join "`n" }
}
ConvertTo-Json -InputObject @($results) | Set-Content -LiteralPath $ResultFile -Encoding utf8NoBOM
exit [int](($run.FailedContainersCount + $run.FailedBlocksCount) -gt 0)
