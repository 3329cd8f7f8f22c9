BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Remove-VirtApplication' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Remove-VirtApplication' | Should -Be @(
            ''
        )
    }

    It 'says which application is not there' {
        { Remove-VirtApplication none -Force -ErrorAction Stop } | Should -Throw -ErrorId 'ApplicationNotFound,*'
    }
}
