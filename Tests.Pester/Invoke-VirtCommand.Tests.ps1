BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Invoke-VirtCommand' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Invoke-VirtCommand' | Should -Be @(
            'ArgumentList:String[]:__AllParameterSets[2]'
            'AsJob:SwitchParameter:__AllParameterSets[]'
            'Command:String:__AllParameterSets[1m]'
            'Environment:Hashtable:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'InputObject:Object:__AllParameterSets[]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0m]'
            'Scope:RootScope:__AllParameterSets[]'
            'Shell:String:__AllParameterSets[]'
            'Timeout:Nullable`1:__AllParameterSets[]'
        )
    }
}
