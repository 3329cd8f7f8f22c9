BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Remove-VirtCapture' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Remove-VirtCapture' | Should -Be @(
            ''
        )
    }

    It 'says which capture is not there' {
        { Remove-VirtCapture none -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'CaptureNotFound,*'
    }
}
