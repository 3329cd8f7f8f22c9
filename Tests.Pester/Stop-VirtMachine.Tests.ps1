BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Stop-VirtMachine' {
    BeforeAll {
        New-VirtMachine -Name web01 -Kernel /boot/vmlinuz -Memory 256MiB | Out-Null
        New-VirtMachine -Name web02 -Kernel /boot/vmlinuz -Memory 1GiB -Processors 2 | Out-Null
    }

    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Stop-VirtMachine' | Should -Be @(
            'AsJob:SwitchParameter:__AllParameterSets[]'
            'Force:SwitchParameter:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Mode:StopMode:__AllParameterSets[]'
            'Name:String[]:Name[0m]'
            'NoTurnOff:SwitchParameter:__AllParameterSets[]'
            'PassThru:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Timeout:Nullable`1:__AllParameterSets[]'
            'TurnOff:SwitchParameter:__AllParameterSets[]'
        )
    }

    It 'does nothing with -WhatIf' {
        Stop-VirtMachine web0* -WhatIf -ErrorAction Stop
        (Get-VirtMachine).State | Should -Be @('Stopped', 'Stopped')
    }

    It 'finds a machine that is off as wanted' {
        Stop-VirtMachine web01 -PassThru -ErrorAction Stop | ForEach-Object State | Should -Be 'Stopped'
        Get-VirtMachine | Send-Travelling | Stop-VirtMachine -PassThru | ForEach-Object Name | Should -Be @('web01', 'web02')
    }
}
