BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Install-VirtImage' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Install-VirtImage' | Should -Be @(
            'AsJob:SwitchParameter:__AllParameterSets[]'
            'CommandLine:String:Files[]'
            'Initrd:String:Files[]'
            'Kernel:String:Files[m]'
            'Name:String:Files[0m],Packages[0]'
            'Scope:RootScope:__AllParameterSets[]'
        )
    }

    It 'refuses what is no kernel, and what is not there' {
        Set-Content (Join-Path $TestDrive text) 'no kernel'
        { Install-VirtImage bad -Kernel (Join-Path $TestDrive text) -ErrorAction Stop } | Should -Throw -ErrorId 'ImageInvalid,*'
        { Install-VirtImage bad -Kernel (Join-Path $TestDrive nosuch) -ErrorAction Stop } | Should -Throw -ErrorId 'FileNotFound,*'
        Get-VirtImage | Should -BeNullOrEmpty
    }

    It 'makes nothing with -WhatIf' {
        Install-VirtImage -WhatIf
        Get-WhatIf 'Install-VirtImage -WhatIf' | Should -Match 'Debian'
        Get-VirtImage | Should -BeNullOrEmpty
    }

    It 'registers a guest from files, that machines boot and Tab completes' {
        Skip-WithoutGuest
        $image = Install-VirtImage mine -Kernel $guest.Kernel -CommandLine 'console=ttyS0 quiet'
        $image.Name | Should -Be 'mine'
        Get-Completion 'New-VirtMachine x mi' | Should -Be 'mine'
        Get-VirtImage | Format-Table | Out-String -Width 80 | Should -Match 'Name +Kernel +Size Created \(UTC\)'
        New-VirtMachine booted mine | Out-Null
        { Remove-VirtImage mine -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'ImageInUse,*'
        Remove-VirtMachine booted -Confirm:$false
        Get-VirtImage mine | Remove-VirtImage -WhatIf
        Get-VirtImage | Should -HaveCount 1
        Get-VirtImage mine | Send-Travelling | Remove-VirtImage -Confirm:$false
        Get-VirtImage | Should -BeNullOrEmpty
    }
}
