BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Get-VirtLayer' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Get-VirtLayer' | Should -Be @(
            ''
        )
    }

    It 'lists versions by name, wildcard and name@version' {
        New-Item -ItemType Directory -Path "$TestDrive/files" -Force | Out-Null
        Set-Content "$TestDrive/files/hello.txt" 'hello'
        New-VirtLayer hello 1.0 Linux -Directory "$TestDrive/files" -Target '{Root}/opt/hello' | Out-Null
        New-Item -ItemType Directory -Path "$TestDrive/files" -Force | Out-Null
        Set-Content "$TestDrive/files/hello.txt" 'hello'
        New-VirtLayer hello 2.0 Linux -Directory "$TestDrive/files" -Target '{Root}/opt/hello' | Out-Null
        (Get-VirtLayer hello).Version | Should -Be '1.0', '2.0'
        (Get-VirtLayer hello@2*).Version | Should -Be '2.0'
        { Get-VirtLayer none -ErrorAction Stop } | Should -Throw -ErrorId 'LayerNotFound,*'
    }
}
