BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Start-VirtMachine' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Start-VirtMachine' | Should -Be @(
            'AsJob:SwitchParameter:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0m]'
            'PassThru:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Text:String:__AllParameterSets[]'
            'Timeout:TimeSpan:__AllParameterSets[]'
            'Wait:Nullable`1:__AllParameterSets[]'
        )
    }
}
