BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Resume-VirtMachine' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Resume-VirtMachine' | Should -Be @(
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0m]'
            'PassThru:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
        )
    }
}
