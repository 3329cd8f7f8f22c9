BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Get-VirtHost' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Get-VirtHost' | Should -Be @(
            'Scope:RootScope:__AllParameterSets[]'
        )
    }
}
