BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Remove-VirtLayer' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Remove-VirtLayer' | Should -Be @(
            ''
        )
    }

    It 'removes what no application is made of' {
        New-Item -ItemType Directory -Path "$TestDrive/files" -Force | Out-Null
        Set-Content "$TestDrive/files/hello.txt" 'hello'
        New-VirtLayer hello 1.0 Linux -Directory "$TestDrive/files" -Target '{Root}/opt/hello' | Out-Null
        New-VirtApplication user hello@1.0 /opt/hello/hello.txt | Out-Null
        { Remove-VirtLayer hello -Force -ErrorAction Stop } | Should -Throw -ErrorId 'LayerInUse,*'
        Remove-VirtApplication user -Force
        Get-VirtLayer hello | Remove-VirtLayer -Force
        Get-VirtLayer hello* | Should -BeNullOrEmpty
    }
}
