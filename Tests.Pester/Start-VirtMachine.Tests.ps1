BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Start-VirtMachine' {
    BeforeAll {
        New-VirtMachine -Name web01 -Kernel /boot/vmlinuz -Memory 256MiB | Out-Null
        New-VirtMachine -Name web02 -Kernel /boot/vmlinuz -Memory 1GiB -Processors 2 | Out-Null
    }

    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Start-VirtMachine' | Should -Be @(
            'AsJob:SwitchParameter:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0m]'
            'PassThru:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Text:String:__AllParameterSets[]'
            'Timeout:TimeSpan:__AllParameterSets[]'
            'Wait:Nullable`1:__AllParameterSets[]'
        )
    }

    It 'does nothing with -WhatIf' {
        Start-VirtMachine web0* -WhatIf -ErrorAction Stop
        (Get-VirtMachine).State | Should -Be @('Stopped', 'Stopped')
    }

    It 'completes names of machines' {
        Get-Completion 'Start-VirtMachine we' | Should -Be @('web01', 'web02')
        Get-Completion 'Start-VirtMachine -Machine web01,web02,WE' | Should -Be @('web01', 'web02')
    }

    It 'completes what can be waited for' {
        Get-Completion 'Start-VirtMachine web01 -Wait A' | Should -Be @('Address', 'Agent')
    }

    It 'says what is missing, and keeps it as the reason' {
        { Start-VirtMachine web01 -ErrorAction Stop } | Should -Throw -ErrorId 'BootFileNotFound,*'
        $Error[0].ErrorDetails.RecommendedAction | Should -Match 'boot.kernel'
    }
}
