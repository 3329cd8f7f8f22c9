BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Copy-VirtItem' {
    BeforeAll {
        New-VirtMachine -Name web01 -Kernel /boot/vmlinuz -Memory 256MiB | Out-Null
        New-VirtMachine -Name web02 -Kernel /boot/vmlinuz -Memory 1GiB -Processors 2 | Out-Null
    }

    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Copy-VirtItem' | Should -Be @(
            'Destination:String:__AllParameterSets[1m]'
            'Force:SwitchParameter:__AllParameterSets[]'
            'FromMachine:MachineReference:FromMachine[m],FromMachineLiteralPath[m]'
            'LiteralPath:String[]:FromMachineLiteralPath[mp],ToMachineLiteralPath[mp]'
            'Path:String[]:FromMachine[0mv],ToMachine[0mv]'
            'Recurse:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'ToMachine:MachineReference:ToMachine[m],ToMachineLiteralPath[m]'
        )
    }

    It 'says that the machine is not running, or that the file is not there' {
        $file = Join-Path $TestDrive file
        Set-Content $file 'text'
        { Copy-VirtItem $file /tmp/ -ToMachine web01 -ErrorAction Stop } | Should -Throw -ErrorId 'MachineNotRunning,*'
        { Copy-VirtItem "$file-not" /tmp/ -ToMachine web01 -ErrorAction Stop } | Should -Throw -ErrorId 'FileNotFound,*'
        { Copy-VirtItem /etc/hosts $file -FromMachine web01 -ErrorAction Stop } | Should -Throw -ErrorId 'FileExists,*'
        Get-Content $file | Should -Be 'text'
    }

    It 'takes files by their names as they are, and directories with -Recurse alone' {
        $file = New-Item (Join-Path $TestDrive 'odd[1]') -Value 'text'
        { Copy-VirtItem -LiteralPath $file.FullName /tmp/ -ToMachine web01 -ErrorAction Stop } | Should -Throw -ErrorId 'MachineNotRunning,*'
        { $file | Copy-VirtItem -Destination /tmp/ -ToMachine web01 -ErrorAction Stop } | Should -Throw -ErrorId 'MachineNotRunning,*'
        { Copy-VirtItem $TestDrive /tmp/ -ToMachine web01 -ErrorAction Stop } | Should -Throw -ErrorId 'ParameterInvalid,*'
        { Copy-VirtItem $TestDrive /tmp/ -ToMachine web01 -Recurse -ErrorAction Stop } | Should -Throw -ErrorId 'MachineNotRunning,*'
    }

    It 'copies in one direction at a time' {
        { Copy-VirtItem a b -ToMachine web01 -FromMachine web02 } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
    }
}
