BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Reset-VirtLayer' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Reset-VirtLayer' | Should -Be @(
            ''
        )
    }

    It 'does nothing to what was not written' {
        New-Item -ItemType Directory -Path "$TestDrive/files" -Force | Out-Null
        Set-Content "$TestDrive/files/hello.txt" 'hello'
        New-VirtLayer hello 1.0 Linux -Directory "$TestDrive/files" -Target '{Root}/opt/hello' | Out-Null
        New-VirtApplication user hello@1.0 /opt/hello/hello.txt | Out-Null
        (Reset-VirtLayer user -Force -PassThru).Name | Should -Be 'user'
        { Reset-VirtLayer none -Force -ErrorAction Stop } | Should -Throw -ErrorId 'ApplicationNotFound,*'
    }
}
