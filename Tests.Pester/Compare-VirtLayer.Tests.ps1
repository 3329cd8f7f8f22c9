BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Compare-VirtLayer' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Compare-VirtLayer' | Should -Be @(
            ''
        )
    }

    It 'finds nothing where layers agree' {
        New-Item -ItemType Directory -Path "$TestDrive/files" -Force | Out-Null
        Set-Content "$TestDrive/files/hello.txt" 'hello'
        New-VirtLayer hello 1.0 Linux -Directory "$TestDrive/files" -Target '{Root}/opt/hello' | Out-Null
        New-Item -ItemType Directory -Path "$TestDrive/files" -Force | Out-Null
        Set-Content "$TestDrive/files/hello.txt" 'hello'
        New-VirtLayer hello 2.0 Linux -Directory "$TestDrive/files" -Target '{Root}/opt/hello' | Out-Null
        Compare-VirtLayer hello@1.0, hello@2.0 | Should -BeNullOrEmpty
    }
}
