BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Remove-VirtMachine' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Remove-VirtMachine' | Should -Be @(
            'Force:SwitchParameter:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0m]'
            'Scope:RootScope:__AllParameterSets[]'
        )
    }
}
