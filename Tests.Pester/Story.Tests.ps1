BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'A machine that was never started' {
    BeforeAll {
        New-VirtMachine -Name web01 -Kernel /boot/vmlinuz -Memory 256MB -Labels @{ role = 'web' } | Out-Null
    }

    It 'shows what was asked for' {
        $machine = Get-VirtMachine web01
        $machine.State | Should -Be 'Stopped'
        "$($machine.Memory)" | Should -Be '256MiB'
        $machine.Spec.Labels['role'] | Should -Be 'web'
    }

    It 'is found by wildcards, by identity, and out of the pipeline' {
        Get-VirtMachine w* | Should -HaveCount 1
        Get-VirtMachine -Id (Get-VirtMachine web01).Id | Should -HaveCount 1
        Get-VirtMachine web01 | Get-VirtMachine | Should -HaveCount 1
    }

    It 'is found again from an object that travelled' {
        $travelled = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize((Get-VirtMachine web01)))
        $travelled | Get-VirtMachine | ForEach-Object Name | Should -Be 'web01'
    }

    It 'completes its name' {
        $completed = TabExpansion2 -inputScript 'Start-VirtMachine we' -cursorColumn 20
        $completed.CompletionMatches.CompletionText | Should -Be 'web01'
    }

    It 'changes, and keeps its identity' {
        $before = Get-VirtMachine web01
        $after = Set-VirtMachine web01 -NewName web02 -Processors 2 -PassThru
        $after.Id | Should -Be $before.Id
        $after.Processors | Should -Be 2
        Set-VirtMachine web02 -NewName web01
    }

    It 'does nothing with -WhatIf' {
        Remove-VirtMachine web01 -WhatIf
        Get-VirtMachine web01 | Should -HaveCount 1
    }

    It 'says by name what cannot be done, and what to do about it' {
        { Suspend-VirtMachine web01 -ErrorAction Stop } | Should -Throw -ErrorId 'MachineNotRunning,VirtCmdlets.SuspendVirtMachineCommand'
        $Error[0].ErrorDetails.RecommendedAction | Should -Match 'Start-VirtMachine'
    }
}

Describe 'A lab in a file' {
    BeforeAll {
        $file = Join-Path $TestDrive 'lab.yaml'
        Set-Content $file "apiVersion: virttools/v1`nkind: Machine`nname: lab01`nboot: {kernel: vmlinuz}"
    }

    It 'is planned, deployed, and then there is nothing to do' {
        Import-VirtSpec $file | Compare-VirtSpec | ForEach-Object Action | Should -Be 'Create'
        Import-VirtSpec $file | Deploy-VirtSpec | ForEach-Object Action | Should -Be 'Create'
        Import-VirtSpec $file | Deploy-VirtSpec | ForEach-Object Action | Should -Be 'None'
    }

    It 'is what is exported' {
        Export-VirtSpec -Machine lab01 -Path (Join-Path $TestDrive 'out.yaml') | Out-Null
        Import-VirtSpec (Join-Path $TestDrive 'out.yaml') | Compare-VirtSpec | Should -BeNullOrEmpty
    }
}
