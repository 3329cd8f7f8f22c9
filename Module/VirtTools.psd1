@{
    RootModule = 'VirtCmdlets.dll'
    ModuleVersion = '0.1.0'
    GUID = '6d0f4f0e-8f6e-4d0b-9a36-5b1f0f6f2c11'
    Author = 'The VirtTools authors'
    CompanyName = 'VirtTools'
    Copyright = 'The VirtTools authors'
    Description = 'Virtual machines with an engine of their own, described in YAML and run from a pipeline.'
    PowerShellVersion = '7.6'
    CompatiblePSEditions = @('Core')
    FormatsToProcess = @('VirtTools.format.ps1xml')
    FunctionsToExport = @()
    AliasesToExport = @()
    VariablesToExport = @()
    CmdletsToExport = @(
        'Compare-VirtSpec'
        'Copy-VirtItem'
        'Deploy-VirtSpec'
        'Export-VirtSpec'
        'Get-VirtEvent'
        'Get-VirtHost'
        'Get-VirtImage'
        'Get-VirtMachine'
        'Import-VirtSpec'
        'Install-VirtImage'
        'Invoke-VirtCommand'
        'New-VirtMachine'
        'Receive-VirtMachine'
        'Remove-VirtImage'
        'Remove-VirtMachine'
        'Restart-VirtMachine'
        'Resume-VirtMachine'
        'Send-VirtMachine'
        'Set-VirtMachine'
        'Start-VirtMachine'
        'Stop-VirtMachine'
        'Suspend-VirtMachine'
        'Test-VirtSpec'
        'Wait-VirtMachine'
    )
    PrivateData = @{
        PSData = @{
            Tags = @('VirtualMachine', 'Lab', 'Hypervisor', 'YAML')
            LicenseUri = ''
            ProjectUri = ''
        }
    }
}
