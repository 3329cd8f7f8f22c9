BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Stop-VirtApplication' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Stop-VirtApplication' | Should -Be @(
            ''
        )
    }

    It 'says which application is not there' {
        { Stop-VirtApplication none -ErrorAction Stop } | Should -Throw -ErrorId 'ApplicationNotFound,*'
    }
}
