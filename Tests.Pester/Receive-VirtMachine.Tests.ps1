BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Receive-VirtMachine' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Receive-VirtMachine' | Should -Be @(
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0m]'
            'Scope:RootScope:__AllParameterSets[]'
            'Tail:Nullable`1:__AllParameterSets[]'
            'Wait:SwitchParameter:__AllParameterSets[]'
        )
    }
}
