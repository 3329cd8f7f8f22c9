BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Send-VirtMachine' {
    BeforeAll {
        New-VirtMachine -Name web01 -Kernel /boot/vmlinuz -Memory 256MiB | Out-Null
        New-VirtMachine -Name web02 -Kernel /boot/vmlinuz -Memory 1GiB -Processors 2 | Out-Null
    }

    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Send-VirtMachine' | Should -Be @(
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0m]'
            'NoNewline:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Text:Object:Id[1m],Machine[1m],Name[1mv]'
        )
    }

    It 'says that the machine is not running, and what to do about it' {
        { Send-VirtMachine web01 hello -ErrorAction Stop } | Should -Throw -ErrorId 'MachineNotRunning,*'
        $Error[0].CategoryInfo.Category | Should -Be 'InvalidOperation'
        $Error[0].CategoryInfo.TargetName | Should -Be 'web01'
        $Error[0].ErrorDetails.RecommendedAction | Should -Match 'Start-VirtMachine'
    }

    It 'goes on with the next machine after an error' {
        Send-VirtMachine web* hello -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed.TargetObject.Name | Should -Be @('web01', 'web02')
    }

    It 'takes lines from the pipeline' {
        @('one', 'two') | Send-VirtMachine web01 -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed | Should -HaveCount 2
        @('one', 'two') | Send-VirtMachine web01 -WhatIf -ErrorAction Stop
        Get-VirtMachine web01 | Send-VirtMachine -Text ([byte[]](3)) -WhatIf -ErrorAction Stop
    }

    It 'does nothing with -WhatIf' {
        Send-VirtMachine web0* hello -WhatIf -ErrorAction Stop
        (Get-VirtMachine).State | Should -Be @('Stopped', 'Stopped')
    }
}
