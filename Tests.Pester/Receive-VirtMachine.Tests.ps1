BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Receive-VirtMachine' {
    BeforeAll {
        New-VirtMachine -Name web01 -Kernel /boot/vmlinuz -Memory 256MiB | Out-Null
        New-VirtMachine -Name web02 -Kernel /boot/vmlinuz -Memory 1GiB -Processors 2 | Out-Null
    }

    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Receive-VirtMachine' | Should -Be @(
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0m]'
            'Scope:RootScope:__AllParameterSets[]'
            'Tail:Nullable`1:__AllParameterSets[]'
            'Wait:SwitchParameter:__AllParameterSets[]'
        )
    }

    It 'gives nothing of a machine that never ran, and does not wait for it' {
        Receive-VirtMachine web01 -ErrorAction Stop | Should -BeNullOrEmpty
        Receive-VirtMachine web01 -Wait -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'reports a machine that is not there' {
        { Receive-VirtMachine nosuch -ErrorAction Stop } | Should -Throw -ErrorId 'MachineNotFound,*'
    }
}
