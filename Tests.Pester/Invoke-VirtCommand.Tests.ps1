BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Invoke-VirtCommand' {
    BeforeAll {
        New-VirtMachine -Name web01 -Kernel /boot/vmlinuz -Memory 256MiB | Out-Null
        New-VirtMachine -Name web02 -Kernel /boot/vmlinuz -Memory 1GiB -Processors 2 | Out-Null
    }

    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Invoke-VirtCommand' | Should -Be @(
            'ArgumentList:String[]:__AllParameterSets[2]'
            'AsJob:SwitchParameter:__AllParameterSets[]'
            'Command:String:__AllParameterSets[1m]'
            'Environment:Hashtable:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'InputObject:Object:__AllParameterSets[]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0m]'
            'Scope:RootScope:__AllParameterSets[]'
            'Shell:String:__AllParameterSets[]'
            'Timeout:Nullable`1:__AllParameterSets[]'
        )
    }

    It 'says that the machine is not running, and what to do about it' {
        { Invoke-VirtCommand web01 id -ErrorAction Stop } | Should -Throw -ErrorId 'MachineNotRunning,*'
        $Error[0].CategoryInfo.Category | Should -Be 'InvalidOperation'
        $Error[0].CategoryInfo.TargetName | Should -Be 'web01'
        $Error[0].ErrorDetails.RecommendedAction | Should -Match 'Start-VirtMachine'
    }

    It 'goes on with the next machine after an error' {
        Invoke-VirtCommand web* id -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed.TargetObject.Name | Should -Be @('web01', 'web02')
    }

    It 'does nothing with -WhatIf' {
        Invoke-VirtCommand web0* id -WhatIf -ErrorAction Stop
        (Get-VirtMachine).State | Should -Be @('Stopped', 'Stopped')
    }

    It 'completes names of machines' {
        Get-Completion 'Invoke-VirtCommand we' | Should -Be @('web01', 'web02')
        Get-Completion 'Invoke-VirtCommand -Machine web01,web02,WE' | Should -Be @('web01', 'web02')
    }
}
