#!/usr/bin/env bash
# Runs a task of this repository; './build.sh help' lists them. The tasks are in build/, which build.ps1 uses too.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
# What outlives a build keeps the caller's pipes open, for nothing where nobody builds again. The solution's compiler is ended by its task.
if [[ -n ${CI:-} ]]; then export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false; fi
if ! command -v dotnet >/dev/null; then
  echo "build.sh: the .NET 10 SDK is not installed, or not in PATH." >&2
  exit 1
fi
if ! messages=$(dotnet build "$root/build" -v quiet -tl:off); then
  echo "$messages" >&2
  exit 1
fi
exec dotnet "$root/build/bin/Debug/net10.0/Build.dll" "$@"
