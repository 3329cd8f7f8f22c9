BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Get-VirtMachine' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Get-VirtMachine' | Should -Be @(
            'Id:Guid[]:Id[mp]'
            'Machine:MachineReference[]:Machine[mv]'
            'Name:String[]:Name[0]'
            'Scope:RootScope:__AllParameterSets[]'
        )
    }
}
