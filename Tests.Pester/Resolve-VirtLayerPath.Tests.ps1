BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Resolve-VirtLayerPath' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Resolve-VirtLayerPath' | Should -Be @(
            ''
        )
    }

    It 'says which layer a file comes from' {
        New-Item -ItemType Directory -Path "$TestDrive/files" -Force | Out-Null
        Set-Content "$TestDrive/files/hello.txt" 'hello'
        New-VirtLayer hello 1.0 Linux -Directory "$TestDrive/files" -Target '{Root}/opt/hello' | Out-Null
        (Resolve-VirtLayerPath -Layer hello@1.0 -Path /opt/hello/hello.txt).Winner | Should -Match 'hello'
    }
}
