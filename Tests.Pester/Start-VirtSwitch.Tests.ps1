BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Start-VirtSwitch' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Start-VirtSwitch' | Should -Be @(
            'Id:Guid[]:Id[mp]'
            'Name:String[]:Name[0m]'
            'PassThru:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Switch:SwitchReference[]:Switch[mv]'
        )
    }

    It 'starts a switch that outlives the shell, once' {
        New-VirtSwitch lab
        (Start-VirtSwitch lab -PassThru).State | Should -Be 'Running'
        { Start-VirtSwitch lab -ErrorAction Stop } | Should -Throw -ErrorId 'SwitchRunning,*'
        Stop-VirtSwitch lab
    }

    It 'says what to do where the TAP interface is missing' {
        New-VirtSwitch office -UplinkTap vt-missing
        { Start-VirtSwitch office -ErrorAction Stop } | Should -Throw -ErrorId 'NetworkUnavailable,*'
        (Get-VirtSwitch office).State | Should -Be 'Failed'
    }
}
