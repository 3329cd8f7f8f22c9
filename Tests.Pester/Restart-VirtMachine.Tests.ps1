BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Restart-VirtMachine' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Restart-VirtMachine' | Should -Be @(
            'AsJob:SwitchParameter:__AllParameterSets[]'
            'Force:SwitchParameter:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0m]'
            'PassThru:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Text:String:__AllParameterSets[]'
            'Timeout:TimeSpan:__AllParameterSets[]'
            'TurnOff:SwitchParameter:__AllParameterSets[]'
            'Wait:Nullable`1:__AllParameterSets[]'
        )
    }
}
