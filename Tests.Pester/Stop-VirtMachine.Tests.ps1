BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Stop-VirtMachine' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Stop-VirtMachine' | Should -Be @(
            'AsJob:SwitchParameter:__AllParameterSets[]'
            'Force:SwitchParameter:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Mode:StopMode:__AllParameterSets[]'
            'Name:String[]:Name[0m]'
            'NoTurnOff:SwitchParameter:__AllParameterSets[]'
            'PassThru:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Timeout:Nullable`1:__AllParameterSets[]'
            'TurnOff:SwitchParameter:__AllParameterSets[]'
        )
    }
}
