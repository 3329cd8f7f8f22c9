BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Remove-VirtMachine' {
    BeforeAll {
        New-VirtMachine -Name web01 -Kernel /boot/vmlinuz -Memory 256MiB | Out-Null
        New-VirtMachine -Name web02 -Kernel /boot/vmlinuz -Memory 1GiB -Processors 2 | Out-Null
    }

    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Remove-VirtMachine' | Should -Be @(
            'Force:SwitchParameter:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0m]'
            'Scope:RootScope:__AllParameterSets[]'
        )
    }

    It 'removes nothing with -WhatIf' {
        Get-VirtMachine | Remove-VirtMachine -WhatIf
        Get-VirtMachine | Should -HaveCount 2
        Get-WhatIf 'Remove-VirtMachine * -WhatIf' | Should -HaveCount 2
    }

    It 'asks, and where nobody can answer it does nothing' {
        $path = (Get-Module VirtTools).Path -replace 'VirtCmdlets\.dll$', 'VirtTools.psd1'
        & ([System.Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$path'; Remove-VirtMachine web01" *> $null
        Get-VirtMachine | Should -HaveCount 2
    }

    It 'removes those of the pipeline' {
        Get-VirtMachine web02 | Send-Travelling | Remove-VirtMachine -Confirm:$false
        (Get-VirtMachine).Name | Should -Be 'web01'
        Remove-VirtMachine web* -Confirm:$false
        Get-VirtMachine | Should -BeNullOrEmpty
    }

    It 'reports a machine that is not there' {
        { Remove-VirtMachine nosuch -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'MachineNotFound,*'
    }
}
