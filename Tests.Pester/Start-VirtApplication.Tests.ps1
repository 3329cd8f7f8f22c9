BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Start-VirtApplication' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Start-VirtApplication' | Should -Be @(
            'Application:ApplicationReference[]:Application[mv]'
            'ArgumentList:String[]:__AllParameterSets[1]'
            'AsJob:SwitchParameter:__AllParameterSets[]'
            'Command:String:__AllParameterSets[]'
            'Environment:Hashtable:__AllParameterSets[]'
            'Id:Guid[]:Id[mp]'
            'Name:String[]:Name[0m]'
            'PassThru:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
            'Timeout:Nullable`1:__AllParameterSets[]'
            'Wait:SwitchParameter:__AllParameterSets[]'
            'WorkingDirectory:String:__AllParameterSets[]'
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
    }

    It 'sets variables for one program, and takes others away' -Skip:(-not $IsLinux) {
        $shown = { param($environment) (Start-VirtApplication cat -Command sh -ArgumentList '-c', 'echo "${VT_ONE-none} ${HOME-none}"' -Environment $environment -Wait).StdOut.Trim() }
        & $shown @{ VT_ONE = 1; HOME = $null } | Should -Be '1 none'
        & $shown $null | Should -Be "none $HOME"
        { Start-VirtApplication cat -Environment @{ 'A=B' = 1 } -ErrorAction Stop } | Should -Throw -ErrorId 'ParameterInvalid,*'
    }

    It 'shows several lines of output as lines' -Skip:(-not $IsLinux) {
        $shown = Start-VirtApplication cat -Command printf -ArgumentList 'one\ntwo\n' -Wait | Out-String
        $shown | Should -Match '(?m)^StdOut +: one\r?$'
        $shown | Should -Match '(?m)^ +two\r?$'
        $shown | Should -Not -Match 'StdOutBytes'
    }

    It 'warns of a rule that cannot be kept, in the pipeline and in a job' -Skip:(-not $IsLinux) {
        New-VirtApplication ruled hello@1.0 /usr/bin/true -Rule @{ '{Root}/srv/vt-nowhere' = 'PassThrough' } | Out-Null
        Start-VirtApplication ruled -Wait -WarningVariable warnings -WarningAction SilentlyContinue | Out-Null
        $warnings | Should -Match "^ruled: '\{Root\}/srv/vt-nowhere' is not passed through"
        $job = Start-VirtApplication ruled -Wait -AsJob | Wait-Job
        $job.Warning | Should -HaveCount 1
        $job | Remove-Job
        (Get-VirtEvent -Application ruled -EventName Warning).Count | Should -Be 2
    }

    It 'says which application is not there' {
        { Start-VirtApplication none -ErrorAction Stop } | Should -Throw -ErrorId 'ApplicationNotFound,*'
    }
}
