BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Stop-VirtCapture' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Stop-VirtCapture' | Should -Be @(
            ''
        )
    }

    It 'makes a layer of what changed' {
        New-Item -ItemType Directory -Path "$TestDrive/place" -Force | Out-Null
        Start-VirtCapture c1 Linux -Place "$TestDrive/place" | Out-Null
        Set-Content "$TestDrive/place/new.txt" 'new'
        (Stop-VirtCapture c1 -Version 3).Layer.Version | Should -Be '3'
        Get-VirtCapture | Should -BeNullOrEmpty
        (Get-VirtLayer c1).Files | Should -Be 1
    }
}
