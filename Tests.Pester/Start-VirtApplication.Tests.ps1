BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Start-VirtApplication' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Start-VirtApplication' | Should -Be @(
            ''
        )
    }

    It 'runs a program in its view, and says how it ended' -Skip:(-not $IsLinux) {
        New-Item -ItemType Directory -Path "$TestDrive/files" -Force | Out-Null
        Set-Content "$TestDrive/files/hello.txt" 'hello'
        New-VirtLayer hello 1.0 Linux -Directory "$TestDrive/files" -Target '{Root}/opt/hello' | Out-Null
        New-VirtApplication cat hello@1.0 /usr/bin/cat -Confirm:$false | Out-Null
        $result = Start-VirtApplication cat -ArgumentList '/opt/hello/hello.txt' -Wait
        $result.ExitCode | Should -Be 0
        $result.StdOut.Trim() | Should -Be 'hello'
        Test-Path /opt/hello | Should -BeFalse
        Remove-VirtApplication cat -Force
    }

    It 'says which application is not there' {
        { Start-VirtApplication none -ErrorAction Stop } | Should -Throw -ErrorId 'ApplicationNotFound,*'
    }
}
