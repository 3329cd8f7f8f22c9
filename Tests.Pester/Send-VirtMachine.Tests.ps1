BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Send-VirtMachine' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Send-VirtMachine' | Should -Be @(
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0m]'
            'NoNewline:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Text:String:__AllParameterSets[1m]'
        )
    }
}
