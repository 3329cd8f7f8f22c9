BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Receive-VirtApplication' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Receive-VirtApplication' | Should -Be @(
            ''
        )
    }

    It 'says which application is not there' {
        { Receive-VirtApplication none -ErrorAction Stop } | Should -Throw -ErrorId 'ApplicationNotFound,*'
    }
}
