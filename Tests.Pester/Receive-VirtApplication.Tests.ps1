BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Receive-VirtApplication' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Receive-VirtApplication' | Should -Be @(
            'Application:ApplicationReference[]:Application[mv]'
            'ErrorStream:SwitchParameter:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'Name:String[]:Name[0m]'
            'Program:Int32:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Wait:SwitchParameter:__AllParameterSets[]'
        )
    }

    It 'says which application is not there' {
        { Receive-VirtApplication none -ErrorAction Stop } | Should -Throw -ErrorId 'ApplicationNotFound,*'
    }
}
