BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Get-VirtEvent' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Get-VirtEvent' | Should -Be @(
            'After:Int64:__AllParameterSets[]'
            'EventName:String[]:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0m]'
            'Newest:Nullable`1:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Wait:SwitchParameter:__AllParameterSets[]'
        )
    }
}
