#Requires -Version 7.4
# Runs a task of this repository; './build.ps1 help' lists them. The tasks are in build/, which build.sh uses too.
param([string] $Task = 'help', [Parameter(ValueFromRemainingArguments)] [string[]] $Arguments = @())
$ErrorActionPreference = 'Stop'
$env:DOTNET_NOLOGO = '1'
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
# Compile servers outlive a build; where nobody builds again they would only keep the caller's pipes open.
if ($env:CI) { $env:MSBUILDDISABLENODEREUSE = '1'; $env:UseSharedCompilation = 'false' }
if (-not (Get-Command dotnet -CommandType Application -ErrorAction Ignore)) {
    throw 'The .NET 10 SDK is not installed, or not in PATH.'
}
$messages = dotnet build "$PSScriptRoot/build" -v quiet -tl:off
if ($LASTEXITCODE -ne 0) {
    $messages | Write-Host
    exit $LASTEXITCODE
}
dotnet "$PSScriptRoot/build/bin/Debug/net10.0/Build.dll" $Task @Arguments
exit $LASTEXITCODE
