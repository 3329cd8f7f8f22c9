#Requires -Version 7.4
# Runs a task of this repository; './build.ps1 help' lists them. The tasks are in build/, which build.sh uses too.
param([string] $Task = 'help', [Parameter(ValueFromRemainingArguments)] [string[]] $Arguments = @())
$ErrorActionPreference = 'Stop'
$env:DOTNET_NOLOGO = '1'
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
# What outlives a build keeps the caller's pipes open, for nothing where nobody builds again. The solution's compiler is ended by its task.
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
