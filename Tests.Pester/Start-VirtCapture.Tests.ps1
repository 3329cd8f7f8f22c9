BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Start-VirtCapture' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Start-VirtCapture' | Should -Be @(
            ''
        )
    }

    It 'watches a place until it is stopped' {
        New-Item -ItemType Directory -Path "$TestDrive/place" -Force | Out-Null
        (Start-VirtCapture c1 Linux -Place "$TestDrive/place").Name | Should -Be 'c1'
        (Get-VirtCapture).Name | Should -Be 'c1'
        { Start-VirtCapture c1 Linux -Place "$TestDrive/place" -ErrorAction Stop } | Should -Throw
        Remove-VirtCapture c1 -Confirm:$false
        Get-VirtCapture | Should -BeNullOrEmpty
    }
}
