BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Wait-VirtMachine' {
    BeforeAll {
        New-VirtMachine -Name web01 -Kernel /boot/vmlinuz -Memory 256MiB | Out-Null
        New-VirtMachine -Name web02 -Kernel /boot/vmlinuz -Memory 1GiB -Processors 2 | Out-Null
    }

    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Wait-VirtMachine' | Should -Be @(
            'AsJob:SwitchParameter:__AllParameterSets[]'
            'For:Nullable`1:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0m]'
            'PassThru:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Text:String:__AllParameterSets[]'
            'Timeout:TimeSpan:__AllParameterSets[]'
        )
    }

    It 'has nothing to wait for where a machine is off, except that it is off' {
        { Wait-VirtMachine web01 -For Agent -Timeout 5s -ErrorAction Stop } | Should -Throw -ErrorId 'MachineNotRunning,*'
        Wait-VirtMachine web01 -For Stopped -Timeout 5s -PassThru | ForEach-Object Name | Should -Be 'web01'
    }

    It 'needs a text to wait for a text' {
        { Wait-VirtMachine web01 -For Text -Timeout 1s -ErrorAction Stop } | Should -Throw -ErrorId 'ParameterInvalid,*'
    }
}
