BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Compare-VirtSpec' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Compare-VirtSpec' | Should -Be @(
            'IncludeEqual:SwitchParameter:__AllParameterSets[]'
            'Path:String[]:Path[0m]'
            'RemoveOthers:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Spec:Spec[]:Spec[mv]'
            'Start:SwitchParameter:__AllParameterSets[]'
        )
    }
}
