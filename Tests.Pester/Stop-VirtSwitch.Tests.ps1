BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Stop-VirtSwitch' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Stop-VirtSwitch' | Should -Be @(
            'Id:Guid[]:Id[mp]'
            'Name:String[]:Name[0m]'
            'PassThru:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Switch:SwitchReference[]:Switch[mv]'
        )
    }

    It 'stops what runs, and is content with what does not' {
        New-VirtSwitch lab | Start-VirtSwitch
        (Stop-VirtSwitch lab -PassThru).State | Should -Be 'Stopped'
        (Stop-VirtSwitch lab -PassThru).State | Should -Be 'Stopped'
    }
}
