BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Compare-VirtSpec' {
    BeforeAll {
        $lab = Join-Path $TestDrive lab.yaml
        Set-Content $lab (
            "apiVersion: virttools/v1`nkind: Machine`nname: lab01`nmemory: 256MiB`nboot: {kernel: vmlinuz}`n---`n" +
            "apiVersion: virttools/v1`nkind: Machine`nname: lab02`nboot: {kernel: vmlinuz}")
        $bad = Join-Path $TestDrive bad.yaml
        Set-Content $bad "apiVersion: virttools/v1`nkind: Machine`nname: q`nmemori: 1MiB`nboot: {kernel: k}"
    }

    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Compare-VirtSpec' | Should -Be @(
            'IncludeEqual:SwitchParameter:__AllParameterSets[]'
            'Path:String[]:Path[0m]'
            'RemoveOthers:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Spec:Spec[]:Spec[mv]'
            'Start:SwitchParameter:__AllParameterSets[]'
        )
    }

    It 'plans what is missing, and nothing where all is right' {
        (Compare-VirtSpec $lab).Action | Should -Be @('Create', 'Create')
        Deploy-VirtSpec $lab | Out-Null
        Compare-VirtSpec $lab | Should -BeNullOrEmpty
        (Compare-VirtSpec $lab -IncludeEqual).Action | Should -Be @('None', 'None')
        (Compare-VirtSpec $lab -Start).Action | Should -Be @('Start', 'Start')
    }

    It 'names what differs' {
        Set-VirtMachine lab02 -Memory 1GiB
        $change = Import-VirtSpec $lab | Compare-VirtSpec
        $change.Name | Should -Be 'lab02'
        $change.Action | Should -Be 'Update'
        $change.Reason | Should -Match 'memory'
        $change | Out-String -Width 120 | Should -Match 'Action +Kind +Name +Reason'
    }

    It 'counts others only when told to' {
        New-VirtMachine other -Kernel vmlinuz | Out-Null
        (Compare-VirtSpec $lab).Name | Should -Not -Contain 'other'
        Compare-VirtSpec $lab -RemoveOthers | Where-Object Action -eq Remove | ForEach-Object Name | Should -Be 'other'
    }
}
