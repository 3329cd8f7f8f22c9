BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Test-VirtLayer' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Test-VirtLayer' | Should -Be @(
            ''
        )
    }

    It 'says whether a layer is as it was made' {
        New-Item -ItemType Directory -Path "$TestDrive/files" -Force | Out-Null
        Set-Content "$TestDrive/files/hello.txt" 'hello'
        New-VirtLayer hello 1.0 Linux -Directory "$TestDrive/files" -Target '{Root}/opt/hello' | Out-Null
        (Test-VirtLayer hello@1.0).IsSound | Should -BeTrue
        (Get-VirtLayer hello | Test-VirtLayer).Layer.Name | Should -Be 'hello'
    }
}
