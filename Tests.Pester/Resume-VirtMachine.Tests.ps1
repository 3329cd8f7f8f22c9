BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Resume-VirtMachine' {
    BeforeAll {
        New-VirtMachine -Name web01 -Kernel /boot/vmlinuz -Memory 256MiB | Out-Null
        New-VirtMachine -Name web02 -Kernel /boot/vmlinuz -Memory 1GiB -Processors 2 | Out-Null
    }

    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Resume-VirtMachine' | Should -Be @(
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0m]'
            'PassThru:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
        )
    }

    It 'says that the machine is not running, and what to do about it' {
        { Resume-VirtMachine web01 -ErrorAction Stop } | Should -Throw -ErrorId 'MachineNotRunning,*'
        $Error[0].CategoryInfo.Category | Should -Be 'InvalidOperation'
        $Error[0].CategoryInfo.TargetName | Should -Be 'web01'
        $Error[0].ErrorDetails.RecommendedAction | Should -Match 'Start-VirtMachine'
    }

    It 'goes on with the next machine after an error' {
        Resume-VirtMachine web* -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed.TargetObject.Name | Should -Be @('web01', 'web02')
    }

    It 'does nothing with -WhatIf' {
        Resume-VirtMachine web0* -WhatIf -ErrorAction Stop
        (Get-VirtMachine).State | Should -Be @('Stopped', 'Stopped')
    }

    It 'completes names of machines' {
        Get-Completion 'Resume-VirtMachine we' | Should -Be @('web01', 'web02')
        Get-Completion 'Resume-VirtMachine -Machine web01,web02,WE' | Should -Be @('web01', 'web02')
    }
}
