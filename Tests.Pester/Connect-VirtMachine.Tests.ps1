BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Connect-VirtMachine' {
    BeforeAll {
        New-VirtMachine -Name web01 -Kernel /boot/vmlinuz -Memory 256MiB | Out-Null
    }

    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Connect-VirtMachine' | Should -Be @(
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0m]'
            'Scope:RootScope:__AllParameterSets[]'
            'Tail:Int32:__AllParameterSets[]'
        )
    }

    It 'says what to do where there is no terminal, or no machine' {
        $path = (Get-Module VirtTools).Path -replace 'VirtCmdlets\.dll$', 'VirtTools.psd1'
        $script = "Import-Module '$path'; try { Connect-VirtMachine web01 -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId }"
        { Connect-VirtMachine nobody -ErrorAction Stop } | Should -Throw -ErrorId 'MachineNotFound,*'
    }
}
