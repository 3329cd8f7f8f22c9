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
            'Switch:SwitchReference[]:Switch[mv]'
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

    It 'tells of applications: by name, by pattern, from the pipeline, and as they happen' {
        New-VirtApplication web01 tool@1.0 /opt/tool | Out-Null
        New-VirtApplication web03 tool@1.0 /opt/tool | Out-Null
        Get-VirtEvent -Application web01 | ForEach-Object Event | Should -Be 'Created'
        (Get-VirtEvent -Application web*).Name | Should -Be @('web01', 'web03')
        (Get-VirtApplication web0* | Get-VirtEvent).Name | Should -Be @('web01', 'web03')
        (Get-VirtApplication web03 | Send-Travelling | Get-VirtEvent).Name | Should -Be 'web03'
        (Get-VirtEvent -Application web03 | Send-Travelling | Get-VirtEvent).Id | Should -Be (Get-VirtApplication web03).Id
        (Get-VirtMachine web01 | Send-Travelling | Get-VirtEvent -Newest 1).Id | Should -Be (Get-VirtMachine web01).Id
        (Get-VirtEvent web01 -Newest 1).Id | Should -Be (Get-VirtMachine web01).Id
        Get-VirtEvent -Application web0* -Wait | Select-Object -First 2 | ForEach-Object Event | Should -Be @('Created', 'Created')
        { Get-VirtEvent -Application web09 -ErrorAction Stop } | Should -Throw -ErrorId 'ApplicationNotFound,*'
        { Get-VirtEvent -Id ([guid]::NewGuid()) -ErrorAction Stop } | Should -Throw -ErrorId 'MachineNotFound,*'
        Get-Completion 'Get-VirtEvent -Application web0' | Should -Be @('web01', 'web03')
    }

    It 'tells of switches' {
        New-VirtSwitch lab | Out-Null
        (Get-VirtEvent -Switch l*).Event | Should -Be 'Created'
        (Get-VirtSwitch lab | Send-Travelling | Get-VirtEvent).Name | Should -Be 'lab'
        (Get-VirtEvent -Id (Get-VirtSwitch lab).Id).Name | Should -Be 'lab'
        { Get-VirtEvent -Switch none -ErrorAction Stop } | Should -Throw -ErrorId 'SwitchNotFound,*'
    }

    It 'ends when nobody takes more of what it follows' {
        Get-VirtEvent web02 -Wait | Select-Object -First 1 | ForEach-Object Event | Should -Be 'Created'
    }
}
