BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Remove-VirtImage' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Remove-VirtImage' | Should -Be @(
            'Digest:String[]:Digest[mp]'
            'Force:SwitchParameter:__AllParameterSets[]'
            'Name:String[]:Name[0m]'
            'Scope:RootScope:__AllParameterSets[]'
        )
    }
}
