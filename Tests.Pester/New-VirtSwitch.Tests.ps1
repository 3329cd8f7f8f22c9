BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'New-VirtSwitch' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'New-VirtSwitch' | Should -Be @(
            'Labels:Hashtable:__AllParameterSets[]'
            'Name:String:__AllParameterSets[0m]'
            'Notes:String:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'UplinkTap:String:__AllParameterSets[]'
        )
    }

    It 'makes a stopped switch of what it is told' {
        $switch = New-VirtSwitch lab -UplinkTap tap0 -Notes 'a remark' -Labels @{ role = 'test' }
        $switch.State | Should -Be 'Stopped'
        $switch.Uplink | Should -Be 'tap0'
        $switch.Spec.Notes | Should -Be 'a remark'
        $switch.Spec.Labels['role'] | Should -Be 'test'
    }

    It 'refuses a name that is taken, whatever its case' {
        { New-VirtSwitch LAB -ErrorAction Stop } | Should -Throw -ErrorId 'SwitchNameInUse,VirtCmdlets.NewVirtSwitchCommand'
    }

    It 'refuses what is no name' {
        { New-VirtSwitch '../x' -ErrorAction Stop } | Should -Throw -ErrorId 'SpecInvalid,*'
        { New-VirtSwitch other -UplinkTap 'a/b' -ErrorAction Stop } | Should -Throw -ErrorId 'SpecInvalid,*'
    }

    It 'makes nothing with -WhatIf' {
        New-VirtSwitch what -WhatIf | Should -BeNullOrEmpty
        Get-VirtSwitch what* | Should -BeNullOrEmpty
    }
}
