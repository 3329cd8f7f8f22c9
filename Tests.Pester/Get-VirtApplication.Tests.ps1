BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Get-VirtApplication' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Get-VirtApplication' | Should -Be @(
            ''
        )
    }

    It 'finds none where none was made' {
        Get-VirtApplication | Should -BeNullOrEmpty
        { Get-VirtApplication none -ErrorAction Stop } | Should -Throw -ErrorId 'ApplicationNotFound,*'
    }
}
