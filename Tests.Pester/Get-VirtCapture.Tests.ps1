BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Get-VirtCapture' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Get-VirtCapture' | Should -Be @(
            ''
        )
    }

    It 'finds none where none was started' {
        Get-VirtCapture | Should -BeNullOrEmpty
        { Get-VirtCapture none -ErrorAction Stop } | Should -Throw -ErrorId 'CaptureNotFound,*'
    }
}
