BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Restart-VirtMachine' {
    BeforeAll {
        New-VirtMachine -Name web01 -Kernel /boot/vmlinuz -Memory 256MiB | Out-Null
        New-VirtMachine -Name web02 -Kernel /boot/vmlinuz -Memory 1GiB -Processors 2 | Out-Null
    }

    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Restart-VirtMachine' | Should -Be @(
            'AsJob:SwitchParameter:__AllParameterSets[]'
            'Force:SwitchParameter:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0m]'
            'PassThru:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Text:String:__AllParameterSets[]'
            'Timeout:TimeSpan:__AllParameterSets[]'
            'TurnOff:SwitchParameter:__AllParameterSets[]'
            'Wait:Nullable`1:__AllParameterSets[]'
        )
    }

    It 'does nothing with -WhatIf' {
        Restart-VirtMachine web0* -WhatIf -ErrorAction Stop
        (Get-VirtMachine).State | Should -Be @('Stopped', 'Stopped')
    }

    It 'completes names of machines' {
        Get-Completion 'Restart-VirtMachine we' | Should -Be @('web01', 'web02')
        Get-Completion 'Restart-VirtMachine -Machine web01,web02,WE' | Should -Be @('web01', 'web02')
    }
}
