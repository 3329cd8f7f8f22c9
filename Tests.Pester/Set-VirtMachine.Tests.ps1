BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Set-VirtMachine' {
    BeforeAll {
        New-VirtMachine -Name web01 -Kernel /boot/vmlinuz -Memory 256MiB | Out-Null
        New-VirtMachine -Name web02 -Kernel /boot/vmlinuz -Memory 1GiB -Processors 2 | Out-Null
    }

    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Set-VirtMachine' | Should -Be @(
            'BalloonTarget:Nullable`1:__AllParameterSets[]'
            'CommandLine:String:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Memory:Nullable`1:__AllParameterSets[]'
            'Name:String[]:Name[0m]'
            'NewName:String:__AllParameterSets[]'
            'Notes:String:__AllParameterSets[]'
            'PassThru:SwitchParameter:__AllParameterSets[]'
            'Processors:Nullable`1:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'StopTimeout:Nullable`1:__AllParameterSets[]'
        )
    }

    It 'changes what it is told and leaves the rest' {
        $before = Get-VirtMachine web01
        $after = Set-VirtMachine web01 -Processors 4 -Memory 384MiB -StopTimeout 90s -PassThru
        $after.Id | Should -Be $before.Id
        $after.Processors | Should -Be 4
        "$($after.Memory)" | Should -Be '384MiB'
        $after.Spec.Stop.Timeout | Should -Be ([timespan]'00:01:30')
        $after.Spec.Boot.Kernel | Should -Be $before.Spec.Boot.Kernel
    }

    It 'renames, and refuses a name that is taken' {
        Set-VirtMachine web01 -NewName web09
        (Get-VirtMachine).Name | Should -Be @('web02', 'web09')
        { Set-VirtMachine web09 -NewName web02 -ErrorAction Stop } | Should -Throw -ErrorId 'MachineNameInUse,*'
        Set-VirtMachine web09 -NewName web01
    }

    It 'takes many out of the pipeline, and changes none with -WhatIf' {
        Get-VirtMachine | Set-VirtMachine -Notes same -PassThru | ForEach-Object { $_.Spec.Notes } | Should -Be @('same', 'same')
        Get-VirtMachine | Set-VirtMachine -Notes other -WhatIf
        (Get-VirtMachine web01).Spec.Notes | Should -Be 'same'
    }

    It 'takes <_> for a duration' -ForEach @('30', '30s', '"30s"', '0.5', '([timespan]"00:00:30")', '"00:00:30"', '"1h30m"') {
        Invoke-Expression "Set-VirtMachine web02 -StopTimeout $_ -ErrorAction Stop"
        (Get-VirtMachine web02).Spec.Stop.Timeout | Should -BeGreaterThan ([timespan]::Zero)
    }

    It 'refuses <_> for a duration' -ForEach @('soon', '1d', '-5', '"1x"') {
        { Invoke-Expression "Set-VirtMachine web02 -StopTimeout $_ -ErrorAction Stop" } | Should -Throw
    }
}
