BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Stop-VirtApplication' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Stop-VirtApplication' | Should -Be @(
            'Application:ApplicationReference[]:Application[mv]'
            'AsJob:SwitchParameter:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'Kill:SwitchParameter:__AllParameterSets[]'
            'Name:String[]:Name[0m]'
            'NoKill:SwitchParameter:__AllParameterSets[]'
            'PassThru:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Timeout:TimeSpan:__AllParameterSets[]'
        )
    }

    It 'says which application is not there' {
        { Stop-VirtApplication none -ErrorAction Stop } | Should -Throw -ErrorId 'ApplicationNotFound,*'
    }
}
