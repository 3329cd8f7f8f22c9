BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Wait-VirtApplication' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Wait-VirtApplication' | Should -Be @(
            ''
        )
    }

    It 'says which application is not there' {
        { Wait-VirtApplication none -ErrorAction Stop } | Should -Throw -ErrorId 'ApplicationNotFound,*'
    }
}
