BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Deploy-VirtSpec' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Deploy-VirtSpec' | Should -Be @(
            'AsJob:SwitchParameter:__AllParameterSets[]'
            'Force:SwitchParameter:__AllParameterSets[]'
            'PassThru:SwitchParameter:__AllParameterSets[]'
            'Path:String[]:Path[0m]'
            'RemoveOthers:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Spec:Spec[]:Spec[mv]'
            'Start:SwitchParameter:__AllParameterSets[]'
            'Text:String:__AllParameterSets[]'
            'Timeout:TimeSpan:__AllParameterSets[]'
            'Wait:Nullable`1:__AllParameterSets[]'
        )
    }
}
