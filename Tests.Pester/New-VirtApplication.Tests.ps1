BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'New-VirtApplication' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'New-VirtApplication' | Should -Be @(
            ''
        )
    }

    It 'makes an application, which is stopped' {
        New-Item -ItemType Directory -Path "$TestDrive/files" -Force | Out-Null
        Set-Content "$TestDrive/files/hello.txt" 'hello'
        New-VirtLayer hello 1.0 Linux -Directory "$TestDrive/files" -Target '{Root}/opt/hello' | Out-Null
        $made = New-VirtApplication user hello@1.0 /opt/hello/hello.txt -Rule @{ '{Root}/opt/data' = 'Data' } -Environment @{ A = 'b' }
        $made.State | Should -Be 'Stopped'
        $made.Spec.Rules.Count | Should -Be 1
        { New-VirtApplication USER hello /x -ErrorAction Stop } | Should -Throw -ErrorId 'ApplicationNameInUse,*'
    }
}
