BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Deploy-VirtSpec' {
    BeforeAll {
        $lab = Join-Path $TestDrive lab.yaml
        Set-Content $lab (
            "apiVersion: virttools/v1`nkind: Machine`nname: lab01`nmemory: 256MiB`nboot: {kernel: vmlinuz}`n---`n" +
            "apiVersion: virttools/v1`nkind: Machine`nname: lab02`nboot: {kernel: vmlinuz}")
        $bad = Join-Path $TestDrive bad.yaml
        Set-Content $bad "apiVersion: virttools/v1`nkind: Machine`nname: q`nmemori: 1MiB`nboot: {kernel: k}"
    }

    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Deploy-VirtSpec' | Should -Be @(
            'AsJob:SwitchParameter:__AllParameterSets[]'
            'Force:SwitchParameter:__AllParameterSets[]'
            'PassThru:SwitchParameter:__AllParameterSets[]'
            'Path:String[]:Path[0m]'
            'RemoveOthers:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Spec:Spec[]:Spec[mv]'
            'Start:SwitchParameter:__AllParameterSets[]'
            'Text:String:__AllParameterSets[]'
            'Timeout:TimeSpan:__AllParameterSets[]'
            'Wait:Nullable`1:__AllParameterSets[]'
        )
    }

    It 'shows the plan with -WhatIf and does nothing' {
        Get-WhatIf "Import-VirtSpec '$lab' | Deploy-VirtSpec -WhatIf" | Should -HaveCount 2
        Deploy-VirtSpec $lab -WhatIf
        Get-VirtMachine | Should -BeNullOrEmpty
    }

    It 'makes what is missing, changes what differs, and then there is nothing to do' {
        (Import-VirtSpec $lab | Deploy-VirtSpec).Action | Should -Be @('Create', 'Create')
        Set-VirtMachine lab01 -Notes changed
        (Deploy-VirtSpec $lab).Action | Should -Be @('Update', 'None')
        (Deploy-VirtSpec $lab).Action | Should -Be @('None', 'None')
    }

    It 'gives the machines with -PassThru' {
        (Deploy-VirtSpec $lab -PassThru).State | Should -Be @('Stopped', 'Stopped')
    }

    It 'deploys nothing of a file that is wrong' {
        { Deploy-VirtSpec $bad -ErrorAction Stop } | Should -Throw -ErrorId 'SpecInvalid,*'
        Get-VirtMachine q* | Should -BeNullOrEmpty
    }
}
