BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Get-VirtImage' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Get-VirtImage' | Should -Be @(
            'Name:String[]:__AllParameterSets[0v]'
            'Scope:RootScope:__AllParameterSets[]'
        )
    }
}
