BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Set-VirtMachine' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Set-VirtMachine' | Should -Be @(
            'CommandLine:String:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Memory:Nullable`1:__AllParameterSets[]'
            'Name:String[]:Name[0m]'
            'NewName:String:__AllParameterSets[]'
            'Notes:String:__AllParameterSets[]'
            'PassThru:SwitchParameter:__AllParameterSets[]'
            'Processors:Nullable`1:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'StopTimeout:Nullable`1:__AllParameterSets[]'
        )
    }
}
