BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Test-VirtSpec' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Test-VirtSpec' | Should -Be @(
            'Path:String[]:Path[0m]'
            'Scope:RootScope:__AllParameterSets[]'
            'Spec:Spec[]:Spec[mv]'
        )
    }
}
