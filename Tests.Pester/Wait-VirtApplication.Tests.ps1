BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Wait-VirtApplication' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Wait-VirtApplication' | Should -Be @(
            'Application:ApplicationReference[]:Application[mv]'
            'AsJob:SwitchParameter:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'Name:String[]:Name[0m]'
            'PassThru:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Timeout:Nullable`1:__AllParameterSets[]'
        )
    }

    It 'says which application is not there' {
        { Wait-VirtApplication none -ErrorAction Stop } | Should -Throw -ErrorId 'ApplicationNotFound,*'
    }
}
