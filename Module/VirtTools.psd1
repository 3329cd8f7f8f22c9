@{
    RootModule = 'VirtCmdlets.dll'
    ModuleVersion = '0.1.0'
    GUID = '6d0f4f0e-8f6e-4d0b-9a36-5b1f0f6f2c11'
    Author = 'The VirtTools authors'
    CompanyName = 'VirtTools'
    Copyright = 'The VirtTools authors'
    Description = 'Virtual machines with an engine of their own, and virtual applications in layers, described in YAML and run from a pipeline.'
    PowerShellVersion = '7.6'
    CompatiblePSEditions = @('Core')
    FormatsToProcess = @('VirtTools.format.ps1xml')
    FunctionsToExport = @()
    AliasesToExport = @()
    VariablesToExport = @()
    CmdletsToExport = @(
        'Compare-VirtFootprint'
        'Compare-VirtLayer'
        'Compare-VirtSpec'
        'Copy-VirtItem'
        'Deploy-VirtSpec'
        'Export-VirtSpec'
        'Get-VirtApplication'
        'Get-VirtCapture'
        'Get-VirtEvent'
        'Get-VirtHost'
        'Get-VirtImage'
        'Get-VirtLayer'
        'Get-VirtMachine'
        'Get-VirtSwitch'
        'Import-VirtSpec'
        'Install-VirtImage'
        'Invoke-VirtCommand'
        'New-VirtApplication'
        'New-VirtLayer'
        'New-VirtMachine'
        'New-VirtSwitch'
        'Receive-VirtApplication'
        'Receive-VirtMachine'
        'Remove-VirtApplication'
        'Remove-VirtCapture'
        'Remove-VirtImage'
        'Remove-VirtLayer'
        'Remove-VirtMachine'
        'Remove-VirtSwitch'
        'Reset-VirtLayer'
        'Resolve-VirtLayerPath'
        'Restart-VirtMachine'
        'Resume-VirtMachine'
        'Save-VirtFootprint'
        'Send-VirtMachine'
        'Set-VirtMachine'
        'Start-VirtApplication'
        'Start-VirtCapture'
        'Start-VirtMachine'
        'Start-VirtSwitch'
        'Stop-VirtApplication'
        'Stop-VirtCapture'
        'Stop-VirtMachine'
        'Stop-VirtSwitch'
        'Suspend-VirtMachine'
        'Test-VirtLayer'
        'Test-VirtSpec'
        'Wait-VirtApplication'
        'Wait-VirtMachine'
    )
    PrivateData = @{
        PSData = @{
            Tags = @('VirtualMachine', 'VirtualApplication', 'Layer', 'Lab', 'Hypervisor', 'YAML')
            LicenseUri = ''
            ProjectUri = ''
        }
    }
}
