BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Import-VirtSpec' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Import-VirtSpec' | Should -Be @(
            'Path:String[]:__AllParameterSets[0mvp]'
            'Scope:RootScope:__AllParameterSets[]'
        )
    }
}
