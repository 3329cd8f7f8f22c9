BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Get-VirtMachine' {
    BeforeAll {
        New-VirtMachine -Name web01 -Kernel /boot/vmlinuz -Memory 256MiB | Out-Null
        New-VirtMachine -Name web02 -Kernel /boot/vmlinuz -Memory 1GiB -Processors 2 | Out-Null
    }

    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Get-VirtMachine' | Should -Be @(
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0]'
            'Scope:RootScope:__AllParameterSets[]'
        )
    }

    It 'lists all, those named, those of a pattern, each once' {
        (Get-VirtMachine).Name | Should -Be @('web01', 'web02')
        (Get-VirtMachine WEB01).Name | Should -Be @('web01')
        (Get-VirtMachine *2, web0?).Name | Sort-Object | Should -Be @('web01', 'web02')
    }

    It 'takes identities, names, machines, and objects that bear a name or an identity' {
        $machine = Get-VirtMachine web01
        Get-VirtMachine -Id $machine.Id | ForEach-Object Name | Should -Be 'web01'
        Get-VirtMachine -Id "$($machine.Id)" | ForEach-Object Name | Should -Be 'web01'
        $machine.Id | Get-VirtMachine | ForEach-Object Name | Should -Be 'web01'
        @('web02', 'web01') | Get-VirtMachine | ForEach-Object Name | Should -Be @('web02', 'web01')
        $machine | Get-VirtMachine | ForEach-Object Name | Should -Be 'web01'
        [pscustomobject]@{ Name = 'web01' } | Get-VirtMachine | ForEach-Object Name | Should -Be 'web01'
        Get-VirtEvent web01 -Newest 1 | Get-VirtMachine | ForEach-Object Name | Should -Be 'web01'
    }

    It 'knows machines that travelled through a job, CSV and JSON' {
        $machine = Get-VirtMachine web01
        $machine | Send-Travelling | Get-VirtMachine | ForEach-Object Id | Should -Be $machine.Id
        $machine | ConvertTo-Csv | ConvertFrom-Csv | Get-VirtMachine | ForEach-Object Id | Should -Be $machine.Id
        $machine | Select-Object Name, Id | ConvertTo-Json | ConvertFrom-Json | Get-VirtMachine | ForEach-Object Id | Should -Be $machine.Id
    }

    It 'reports a name that is not there, and is silent about a pattern that nothing fits' {
        { Get-VirtMachine nosuch -ErrorAction Stop } | Should -Throw -ErrorId 'MachineNotFound,VirtCmdlets.GetVirtMachineCommand'
        Get-VirtMachine nosuch* -ErrorAction Stop | Should -BeNullOrEmpty
        (Get-VirtMachine nosuch, web01 -ErrorAction SilentlyContinue).Name | Should -Be 'web01'
    }

    It 'gives sizes that PowerShell compares and sorts' {
        Get-VirtMachine | Where-Object Memory -gt 512MB | ForEach-Object Name | Should -Be 'web02'
        Get-VirtMachine | Where-Object Memory -le '256MiB' | ForEach-Object Name | Should -Be 'web01'
        Get-VirtMachine | Sort-Object Memory -Descending | ForEach-Object Name | Should -Be @('web02', 'web01')
    }

    It 'shows a table, and everything as a list' {
        $table = Get-VirtMachine | Out-String -Width 120
        $table | Should -Match 'Name +State +CPUs +Memory +Agent +Uptime +Reason'
        $table | Should -Match 'web02 +Stopped +2 +1GiB'
        Get-VirtMachine web01 | Format-List | Out-String -Width 120 | Should -Match '(?s)Id +: .*Created \(UTC\) : \d{4}-\d\d-\d\d .*Directory'
        Get-VirtMachine web01 | Send-Travelling | Out-String -Width 120 | Should -Match 'CPUs +Memory'
    }
}
