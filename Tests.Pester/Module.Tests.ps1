# The module as its users meet it. Run by build.ps1 test wherever PowerShell and Pester 5 are:
#   Invoke-Pester ./Tests.Pester
# VIRTTOOLS_MODULE names the manifest; without it the one that the source build composes.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'VirtTools' {
    It 'imports within a moment and exports what its manifest says' {
        $module = Get-Module VirtTools
        $module | Should -Not -BeNullOrEmpty
        $module.ExportedCmdlets.Count | Should -Be 24
        $module.ExportedFunctions.Count | Should -Be 0
    }

    It 'has help with an example for <_>' -ForEach @(
        'Compare-VirtSpec', 'Copy-VirtItem', 'Deploy-VirtSpec', 'Export-VirtSpec', 'Get-VirtEvent', 'Get-VirtHost', 'Get-VirtImage', 'Get-VirtMachine',
        'Import-VirtSpec', 'Install-VirtImage', 'Invoke-VirtCommand', 'New-VirtMachine', 'Receive-VirtMachine', 'Remove-VirtImage',
        'Remove-VirtMachine', 'Restart-VirtMachine', 'Resume-VirtMachine', 'Send-VirtMachine', 'Set-VirtMachine', 'Start-VirtMachine',
        'Stop-VirtMachine', 'Suspend-VirtMachine', 'Test-VirtSpec', 'Wait-VirtMachine') {
        $help = Get-Help $_ -Full
        $help.Synopsis | Should -Not -Match '\[-'
        $help.Examples.Example | Should -Not -BeNullOrEmpty
    }

    It 'keeps YamlDotNet out of everybody''s way' {
        Import-VirtSpec "$PSScriptRoot/../examples/quickstart.yaml" | Should -HaveCount 1
        [System.Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.GetName().Name | Should -Not -Contain 'YamlDotNet'
    }
}
