# One guest is booted and used by all tests of this file, as a script at a prompt would use it.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $path = (Get-Module VirtTools).Path -replace 'VirtCmdlets\.dll$', 'VirtTools.psd1'
    if ($guest) {
        New-VirtMachine -Name guest01 @guest -Memory 256MiB | Out-Null
        Start-VirtMachine guest01 -Wait Agent -Timeout 4m -ErrorAction Stop
    }
}

AfterAll {
    Remove-TestRoot
}

Describe 'A running guest' {
    It 'runs, with an agent' {
        Skip-WithoutGuest
        $machine = Get-VirtMachine guest01
        $machine.State | Should -Be 'Running'
        $machine.AgentReady | Should -BeTrue
        $machine.Uptime | Should -BeGreaterThan ([timespan]::Zero)
        Get-Process -Id $machine.ProcessId | Should -HaveCount 1
        (Get-VirtEvent guest01).Event | Should -Contain 'AgentReady'
    }

    It 'keeps output, error and exit code apart' {
        Skip-WithoutGuest
        $result = Invoke-VirtCommand guest01 'echo fine; echo broken >&2; exit 3'
        $result.Machine | Should -Be 'guest01'
        $result.ExitCode | Should -Be 3
        $result.StdOut | Should -Be "fine`n"
        $result.StdErr | Should -Be "broken`n"
        $result | Out-String -Width 120 | Should -Match 'Machine +ExitCode +Duration +StdOut +StdErr'
    }

    It 'gets arguments, input and environment as they are' {
        Skip-WithoutGuest
        (Invoke-VirtCommand guest01 /bin/busybox -ArgumentList 'printf', '%s|%s', 'a b', '$HOME').StdOut | Should -Be 'a b|$HOME'
        (Invoke-VirtCommand guest01 cat -InputObject 'one', 'two').StdOut | Should -Be "one`ntwo`n"
        (Invoke-VirtCommand guest01 cat -InputObject ([byte[]](0, 255, 10))).StdOutBytes | Should -Be @(0, 255, 10)
        (Invoke-VirtCommand guest01 'echo "$A"' -Environment @{ A = 'x  y' }).StdOut | Should -Be "x  y`n"
    }

    It 'has what takes too long ended' {
        Skip-WithoutGuest
        $result = Invoke-VirtCommand guest01 'sleep 100' -Timeout 1s
        $result.TimedOut | Should -BeTrue
        $result.ExitCode | Should -BeNullOrEmpty
        $result.Duration | Should -BeLessThan ([timespan]'00:00:30')
    }

    It 'gets files and gives them back' {
        Skip-WithoutGuest
        $sent = Join-Path $TestDrive sent
        $back = Join-Path $TestDrive back
        $bytes = [byte[]]::new(100000)
        [System.Random]::new(1).NextBytes($bytes)
        [System.IO.File]::WriteAllBytes($sent, $bytes)
        Get-Item $sent | Copy-VirtItem -Destination /tmp/ -ToMachine guest01
        (Invoke-VirtCommand guest01 'sha256sum /tmp/sent').StdOut.Split()[0] | Should -Be (Get-FileHash $sent).Hash
        Copy-VirtItem /tmp/sent $back -FromMachine (Get-VirtMachine guest01)
        (Get-FileHash $back).Hash | Should -Be (Get-FileHash $sent).Hash
        { Copy-VirtItem /tmp/nosuch $TestDrive -FromMachine guest01 -ErrorAction Stop } | Should -Throw -ErrorId 'AgentRefused,*'
    }

    It 'gets the files of a pattern, and one whose name is like a pattern' {
        Skip-WithoutGuest
        'one.conf', 'two.conf', 'two[1].conf' | ForEach-Object { Set-Content -LiteralPath (Join-Path $TestDrive $_) $_ }
        Copy-VirtItem (Join-Path $TestDrive t*.conf) /tmp/ -ToMachine guest01
        (Invoke-VirtCommand guest01 'cd /tmp; ls *.conf').StdOut | Should -Be "two.conf`ntwo[1].conf`n"
        Get-ChildItem $TestDrive -Filter *].conf | Copy-VirtItem -Destination /tmp/again -ToMachine guest01
        (Invoke-VirtCommand guest01 'cat /tmp/again').StdOut.Trim() | Should -Be 'two[1].conf'
    }

    It 'gets directories and gives what a pattern means' {
        Skip-WithoutGuest
        $tree = New-Item -ItemType Directory (Join-Path $TestDrive 'tree/sub dir')
        Set-Content -LiteralPath (Join-Path $tree '$(reboot) *') 'small'
        Copy-VirtItem (Join-Path $TestDrive tree) /tmp -ToMachine guest01 -Recurse
        Copy-VirtItem '/tmp/tree/sub dir/*boot*' (Join-Path $TestDrive 'globbed/') -FromMachine guest01
        Get-Content -LiteralPath (Join-Path $TestDrive 'globbed/$(reboot) *') | Should -Be 'small'
        Copy-VirtItem /tmp/tree (Join-Path $TestDrive returned) -FromMachine guest01 -Recurse
        Get-Content -LiteralPath (Join-Path $TestDrive 'returned/sub dir/$(reboot) *') | Should -Be 'small'
        { Copy-VirtItem (Join-Path $TestDrive tree) /tmp -ToMachine guest01 -ErrorAction Stop } | Should -Throw -ErrorId 'ParameterInvalid,*'
    }

    It 'is measured' {
        Skip-WithoutGuest
        $measure = Measure-VirtMachine guest01
        $measure.Name | Should -Be 'guest01'
        $measure.GuestTime | Should -BeGreaterThan ([timespan]::Zero)
        $measure.Processors | Should -HaveCount 1
        $measure.Processors[0].PortAccesses.Total | Should -BeGreaterThan 1000
        $measure.Memory.Configured.Bytes | Should -Be 256MB
        $measure | Out-String -Width 120 | Should -Match 'GuestTime +CPU % +Exits/s +Disk/s +Network/s +Resident +Balloon'
        Get-VirtMachine guest01 | Send-Travelling | Measure-VirtMachine -Count 2 -Interval 0.2 | Should -HaveCount 2
    }

    It 'does without memory when it is asked to' {
        Skip-WithoutGuest
        Set-VirtMachine guest01 -BalloonTarget 64MiB
        (Measure-VirtMachine guest01 -Interval 5s).Balloon.Bytes | Should -Be 64MB
        Set-VirtMachine guest01 -BalloonTarget 0
        (Get-VirtMachine guest01).BalloonTarget.Bytes | Should -Be 0
        { Set-VirtMachine guest01 -BalloonTarget 256MiB -ErrorAction Stop } | Should -Throw -ErrorId 'ParameterInvalid,*'
    }

    It 'is written to and read at its console' {
        Skip-WithoutGuest
        # The guest's terminal sends back what is typed.
        Send-VirtMachine guest01 'typed-at-the-console'
        Wait-VirtMachine guest01 -For Text -Text 'typed-at-the-console' -Timeout 1m -ErrorAction Stop
        Receive-VirtMachine guest01 -Tail 5 | Select-String 'typed-at-the-console' | Should -Not -BeNullOrEmpty
        Receive-VirtMachine guest01 -Wait | Select-Object -First 1 | Should -Match 'Linux'
    }

    It 'stands still and goes on' {
        Skip-WithoutGuest
        (Suspend-VirtMachine guest01 -PassThru).State | Should -Be 'Paused'
        (Get-VirtMachine | Where-Object State -eq Paused | Resume-VirtMachine -PassThru).State | Should -Be 'Running'
        { Resume-VirtMachine guest01 -ErrorAction Stop } | Should -Throw -ErrorId 'MachineStateInvalid,*'
    }

    It 'is changed only in what no running guest sees' {
        Skip-WithoutGuest
        { Set-VirtMachine guest01 -Memory 1GiB -ErrorAction Stop } | Should -Throw -ErrorId 'MachineRunning,*'
        Set-VirtMachine guest01 -NewName guest02
        (Get-VirtMachine guest02).State | Should -Be 'Running'
        Set-VirtMachine guest02 -NewName guest01
        { Remove-VirtMachine guest01 -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'MachineRunning,*'
        { Start-VirtMachine guest01 -ErrorAction Stop } | Should -Throw -ErrorId 'MachineRunning,*'
    }

    It 'answers out of a job and out of parallel runspaces' {
        Skip-WithoutGuest
        $machine, $result = Start-Job {
            Import-Module $using:path
            Get-VirtMachine guest01
            Invoke-VirtCommand guest01 'echo job'
        } | Receive-Job -Wait -AutoRemoveJob
        $result.StdOut | Should -Be "job`n"
        ($machine | Invoke-VirtCommand -Command 'echo again').StdOut | Should -Be "again`n"
        ($result | Get-VirtMachine).Id | Should -Be $machine.Id

        $answers = 1..3 | ForEach-Object -Parallel {
            Import-Module $using:path
            (Invoke-VirtCommand guest01 "echo $_").StdOut.Trim()
        }
        $answers | Sort-Object | Should -Be @('1', '2', '3')
    }

    It 'lets go at once when <_> is stopped, as by Ctrl+C' -ForEach @(
        "Wait-VirtMachine guest01 -For Text -Text nobody-writes-this -Timeout 5m", "Invoke-VirtCommand guest01 'sleep 100'"
        'Receive-VirtMachine guest01 -Wait', 'Get-VirtEvent guest01 -Wait', 'Measure-VirtMachine guest01 -Continuous -Interval 1h', 'Wait-VirtMachine guest01 -For Stopped -Timeout 5m') {
        Skip-WithoutGuest
        $shell = [powershell]::Create().AddScript("Import-Module '$path'; 'ready'; $_")
        $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $run = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]::new(), $output)
        while ($output.Count -eq 0) { Start-Sleep -Milliseconds 50 }
        Start-Sleep -Milliseconds 500
        $run.IsCompleted | Should -BeFalse
        (Measure-Command { $shell.Stop() }).TotalSeconds | Should -BeLessThan 3
        $shell.Dispose()
        (Get-VirtMachine guest01).State | Should -Be 'Running'
    }

    It 'is used in jobs' {
        Skip-WithoutGuest
        $result = Get-VirtMachine guest01 | Invoke-VirtCommand -Command 'echo job' -AsJob | Receive-Job -Wait -AutoRemoveJob
        $result.StdOut | Should -Be "job`n"

        $job = Wait-VirtMachine guest01 -For Text -Text nobody-writes-this -AsJob
        $job.State | Should -Be 'Running'
        Get-Job -Id $job.Id | Should -Be $job
        (Measure-Command { Stop-Job $job }).TotalSeconds | Should -BeLessThan 3
        $job.State | Should -Be 'Stopped'
        Remove-Job $job

        $job = Start-VirtMachine guest01 -AsJob | Wait-Job -Timeout 60
        $job.State | Should -Be 'Failed'
        { $job | Receive-Job -ErrorAction Stop } | Should -Throw -ErrorId 'MachineRunning*'
        Remove-Job $job
    }

    It 'is not turned off where nobody can be asked, and is where nobody wants to be' {
        Skip-WithoutGuest
        & ([System.Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$path'; Stop-VirtMachine guest01 -TurnOff" *> $null
        (Get-VirtMachine guest01).State | Should -Be 'Running'
        Stop-VirtMachine guest01 -TurnOff -WhatIf
        (Get-VirtMachine guest01).State | Should -Be 'Running'
        (Restart-VirtMachine guest01 -TurnOff -Force -Wait Agent -Timeout 4m -PassThru).AgentReady | Should -BeTrue
    }

    It 'fails with a name when it does not come in time' {
        Skip-WithoutGuest
        { Wait-VirtMachine guest01 -For Text -Text nobody-writes-this -Timeout 1s -ErrorAction Stop } |
            Should -Throw -ErrorId 'MachineWaitTimeout,VirtCmdlets.WaitVirtMachineCommand'
    }

    It 'shuts down when it is asked to' {
        Skip-WithoutGuest
        (Stop-VirtMachine guest01 -PassThru).State | Should -Be 'Stopped'
        Wait-VirtMachine guest01 -For Stopped -Timeout 5s
        (Get-VirtEvent guest01 -EventName WorkerEnded -Newest 1).Detail | Should -Be 'Stopped'
        Receive-VirtMachine guest01 -Tail 5 | Should -Not -BeNullOrEmpty
    }
}
