BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Measure-VirtMachine' {
    BeforeAll {
        New-VirtMachine -Name web01 -Kernel /boot/vmlinuz -Memory 256MiB | Out-Null
    }

    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Measure-VirtMachine' | Should -Be @(
            'Continuous:SwitchParameter:__AllParameterSets[]'
            'Count:Int32:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'Interval:TimeSpan:__AllParameterSets[]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0m]'
            'Scope:RootScope:__AllParameterSets[]'
        )
    }

    It 'says that the machine is not running, and what to do about it' {
        { Measure-VirtMachine web01 -ErrorAction Stop } | Should -Throw -ErrorId 'MachineNotRunning,*'
        $Error[0].CategoryInfo.TargetName | Should -Be 'web01'
        $Error[0].ErrorDetails.RecommendedAction | Should -Match 'Start-VirtMachine'
        { Measure-VirtMachine nobody -ErrorAction Stop } | Should -Throw -ErrorId 'MachineNotFound,*'
    }

    It 'takes no interval in which nothing can be measured' {
        { Measure-VirtMachine web01 -Interval 0 } | Should -Throw -ErrorId 'ParameterInvalid,*'
        { Measure-VirtMachine web01 -Count 2 -Continuous } | Should -Throw -ErrorId 'ParameterInvalid,*'
    }
}
