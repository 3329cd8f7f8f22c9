# The module as its users meet it. Run by build.ps1 test wherever PowerShell and Pester 5 are:
#   Invoke-Pester ./Tests.Pester

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $path = (Get-Module VirtTools).Path -replace 'VirtCmdlets\.dll$', 'VirtTools.psd1'
}

AfterAll {
    Remove-TestRoot
}

Describe 'VirtTools' {
    It 'exports what its manifest says, without a warning' {
        $named = (Import-PowerShellDataFile $path).CmdletsToExport
        (Test-ModuleManifest $path).ExportedCmdlets.Keys | Sort-Object | Should -Be ($named | Sort-Object)
        $module = Import-Module $path -Force -PassThru -WarningVariable warnings
        $module.ExportedCmdlets.Keys | Sort-Object | Should -Be ($named | Sort-Object)
        $module.ExportedFunctions.Count | Should -Be 0
        $warnings | Should -BeNullOrEmpty
    }

    It 'is imported in less than 150 ms, the best of five times' {
        $best = 1..5 | ForEach-Object {
            [double](& ([System.Environment]::ProcessPath) -NoProfile -NonInteractive -Command "(Measure-Command { Import-Module '$path' }).TotalMilliseconds")
        } | Sort-Object | Select-Object -First 1
        $best | Should -BeLessThan 150
    }

    It 'keeps YamlDotNet out of everybody''s way' {
        Import-VirtSpec "$PSScriptRoot/../examples/quickstart.yaml" | Should -HaveCount 1
        [System.Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.GetName().Name | Should -Not -Contain 'YamlDotNet'
    }

    It 'has a page about itself' {
        Get-Help about_VirtTools | Out-String | Should -Match 'Deploy-VirtSpec'
    }

    It 'is run by scripts in examples/ that name only commands and parameters that exist' {
        foreach ($script in Get-ChildItem "$PSScriptRoot/../examples/*.ps1") {
            Get-BindingFault (Get-Content $script -Raw) | Should -BeNullOrEmpty -Because $script.Name
        }
    }
}

Describe 'Help of <_>' -ForEach @(
    'Compare-VirtSpec', 'Copy-VirtItem', 'Deploy-VirtSpec', 'Export-VirtSpec', 'Get-VirtEvent', 'Get-VirtHost', 'Get-VirtImage', 'Get-VirtMachine',
    'Import-VirtSpec', 'Install-VirtImage', 'Invoke-VirtCommand', 'New-VirtMachine', 'Receive-VirtMachine', 'Remove-VirtImage',
    'Remove-VirtMachine', 'Restart-VirtMachine', 'Resume-VirtMachine', 'Send-VirtMachine', 'Set-VirtMachine', 'Start-VirtMachine',
    'Stop-VirtMachine', 'Suspend-VirtMachine', 'Test-VirtSpec', 'Wait-VirtMachine') {
    BeforeAll {
        $command = Get-Command $_ -Module VirtTools
        $help = Get-Help $_ -Full
    }

    It 'is written, not made up of the syntax' {
        $help.Synopsis | Should -Not -Match '\[-'
        $help.Synopsis | Should -Not -BeNullOrEmpty
    }

    It 'tells every parameter and every set, the default one first' {
        $common = [System.Management.Automation.PSCmdlet]::CommonParameters
        $help.parameters.parameter.name | Sort-Object | Should -Be @($command.Parameters.Keys | Where-Object { $_ -notin $common } | Sort-Object)
        $help.parameters.parameter | Where-Object { -not $_.description.Text } | Should -BeNullOrEmpty
        @($help.syntax.syntaxItem).Count | Should -Be $command.ParameterSets.Count
        $default = $command.ParameterSets | Where-Object IsDefault
        if ($default) {
            @($help.syntax.syntaxItem)[0].parameter.name | Sort-Object |
                Should -Be @($default.Parameters.Name | Where-Object { $_ -notin $common } | Sort-Object)
        }
    }

    It 'has examples that name only commands and parameters that exist' {
        @($help.examples.example).Count | Should -BeGreaterThan 0
        foreach ($example in $help.examples.example) {
            Get-BindingFault $example.code | Should -BeNullOrEmpty
        }
    }
}
