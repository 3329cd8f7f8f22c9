BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'New-VirtMachine' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'New-VirtMachine' | Should -Be @(
            'CommandLine:String:__AllParameterSets[]'
            'Hypervisor:Nullable`1:__AllParameterSets[]'
            'Image:String:Image[1m]'
            'Initrd:String:Kernel[]'
            'Kernel:String:Kernel[m]'
            'Labels:Hashtable:__AllParameterSets[]'
            'Memory:ByteSize:__AllParameterSets[]'
            'Name:String:__AllParameterSets[0m]'
            'Notes:String:__AllParameterSets[]'
            'Processors:Int32:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
        )
    }

    It 'makes a stopped machine of what it is told' {
        $machine = New-VirtMachine new01 -Kernel ./vmlinuz -Processors 2 -Memory 256MB -Notes 'a remark' -Labels @{ role = 'web' }
        $machine.State | Should -Be 'Stopped'
        $machine.Processors | Should -Be 2
        "$($machine.Memory)" | Should -Be '256MiB'
        $machine.Spec.Notes | Should -Be 'a remark'
        $machine.Spec.Labels['role'] | Should -Be 'web'
        $machine.Spec.Boot.Kernel | Should -Be (Join-Path $PWD vmlinuz)
    }

    It 'refuses a name that is taken, whatever its case' {
        { New-VirtMachine NEW01 -Kernel vmlinuz -ErrorAction Stop } | Should -Throw -ErrorId 'MachineNameInUse,VirtCmdlets.NewVirtMachineCommand'
    }

    It 'refuses -<name> <value>' -ForEach @(
        @{ name = 'Name'; value = 'a b' }, @{ name = 'Name'; value = '../x' }, @{ name = 'Memory'; value = '1MiB' }
        @{ name = 'Memory'; value = 'lots' }, @{ name = 'Memory'; value = -1 }, @{ name = 'Processors'; value = 0 }
        @{ name = 'Processors'; value = 9 }, @{ name = 'Hypervisor'; value = 'none' }, @{ name = 'Image'; value = 'debian' }) {
        $arguments = @{ Name = 'bad'; Kernel = 'vmlinuz' }
        $arguments[$name] = $value
        { New-VirtMachine @arguments -ErrorAction Stop } | Should -Throw
        (Get-VirtMachine).Name | Should -Be 'new01'
    }

    It 'makes nothing with -WhatIf' {
        New-VirtMachine what -Kernel vmlinuz -WhatIf | Should -BeNullOrEmpty
        Get-VirtMachine what* | Should -BeNullOrEmpty
        Get-WhatIf 'New-VirtMachine what -Kernel vmlinuz -WhatIf' | Should -Match 'what'
    }
}
