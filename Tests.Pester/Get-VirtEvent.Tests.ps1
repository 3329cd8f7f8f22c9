BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Get-VirtEvent' {
    BeforeAll {
        New-VirtMachine -Name web01 -Kernel /boot/vmlinuz -Memory 256MiB | Out-Null
        New-VirtMachine -Name web02 -Kernel /boot/vmlinuz -Memory 1GiB -Processors 2 | Out-Null
    }

    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Get-VirtEvent' | Should -Be @(
            'After:Int64:__AllParameterSets[]'
            'Application:ApplicationReference[]:Application[mv]'
            'EventName:String[]:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0m]'
            'Newest:Nullable`1:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Wait:SwitchParameter:__AllParameterSets[]'
        )
    }

    It 'tells what happened, in order' {
        Set-VirtMachine web01 -Notes one
        Get-VirtEvent web01 | ForEach-Object Event | Should -Be @('Created', 'Changed')
        (Get-VirtEvent web01).Sequence | Should -Be @(1, 2)
        (Get-VirtEvent web01 -Newest 1).Event | Should -Be 'Changed'
        (Get-VirtEvent web01 -After 1).Event | Should -Be 'Changed'
        (Get-VirtEvent web01 -EventName Cr*).Event | Should -Be 'Created'
        (Get-VirtEvent web01)[0].Time.Kind | Should -Be 'Utc'
    }

    It 'shows a table' {
        Get-VirtEvent web01 | Out-String -Width 120 | Should -Match 'Name +Sequence Time \(UTC\) +Event +Detail'
    }

    It 'ends when nobody takes more of what it follows' {
        Get-VirtEvent web02 -Wait | Select-Object -First 1 | ForEach-Object Event | Should -Be 'Created'
    }
}
