BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Export-VirtSpec' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Export-VirtSpec' | Should -Be @(
            'Force:SwitchParameter:__AllParameterSets[]'
            'Machine:MachineReference[]:Machine[0mv]'
            'Path:String:__AllParameterSets[1]'
            'Scope:RootScope:__AllParameterSets[]'
            'Spec:Spec[]:Spec[mv]'
        )
    }
}
