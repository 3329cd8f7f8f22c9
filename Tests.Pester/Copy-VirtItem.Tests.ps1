BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Copy-VirtItem' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Copy-VirtItem' | Should -Be @(
            'Destination:String:__AllParameterSets[1m]'
            'Force:SwitchParameter:__AllParameterSets[]'
            'FromMachine:MachineReference:FromMachine[m]'
            'Path:String[]:__AllParameterSets[0mvp]'
            'Scope:RootScope:__AllParameterSets[]'
            'ToMachine:MachineReference:ToMachine[m]'
        )
    }
}
