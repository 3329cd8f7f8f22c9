BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Get-VirtApplication' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Get-VirtApplication' | Should -Be @(
            'Application:ApplicationReference[]:Application[mv]'
            'Id:Guid[]:Id[mp]'
            'Name:String[]:Name[0]'
            'Scope:RootScope:__AllParameterSets[]'
        )
    }

    It 'finds none where none was made' {
        Get-VirtApplication | Should -BeNullOrEmpty
        { Get-VirtApplication none -ErrorAction Stop } | Should -Throw -ErrorId 'ApplicationNotFound,*'
    }
}
