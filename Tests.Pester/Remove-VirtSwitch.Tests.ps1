BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Remove-VirtSwitch' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Remove-VirtSwitch' | Should -Be @(
            'Force:SwitchParameter:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'Name:String[]:Name[0m]'
            'Scope:RootScope:__AllParameterSets[]'
            'Switch:SwitchReference[]:Switch[mv]'
        )
    }

    It 'removes a stopped switch, and a running one by force' {
        New-VirtSwitch lab
        Remove-VirtSwitch lab -Confirm:$false
        Get-VirtSwitch | Should -BeNullOrEmpty
        New-VirtSwitch lab | Start-VirtSwitch
        { Remove-VirtSwitch lab -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'SwitchRunning,*'
        Remove-VirtSwitch lab -Force
        Get-VirtSwitch | Should -BeNullOrEmpty
    }
}
