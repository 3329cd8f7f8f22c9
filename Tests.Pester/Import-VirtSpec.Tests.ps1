BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Import-VirtSpec' {
    BeforeAll {
        $lab = Join-Path $TestDrive lab.yaml
        Set-Content $lab (
            "apiVersion: virttools/v1`nkind: Machine`nname: lab01`nmemory: 256MiB`nboot: {kernel: vmlinuz}`n---`n" +
            "apiVersion: virttools/v1`nkind: Machine`nname: lab02`nboot: {kernel: vmlinuz}")
        $bad = Join-Path $TestDrive bad.yaml
        Set-Content $bad "apiVersion: virttools/v1`nkind: Machine`nname: q`nmemori: 1MiB`nboot: {kernel: k}"
    }

    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Import-VirtSpec' | Should -Be @(
            'Path:String[]:__AllParameterSets[0mvp]'
            'Scope:RootScope:__AllParameterSets[]'
        )
    }

    It 'reads files by name, pattern and pipeline' {
        (Import-VirtSpec $lab).Name | Should -Be @('lab01', 'lab02')
        (Import-VirtSpec (Join-Path $TestDrive l*.yaml)).Name | Should -Be @('lab01', 'lab02')
        (Get-Item $lab | Import-VirtSpec).Name | Should -Be @('lab01', 'lab02')
        $odd = Join-Path $TestDrive 'odd[1].yaml'
        Copy-Item $lab -Destination $odd
        (Get-Item -LiteralPath $odd | Import-VirtSpec).Name | Should -Be @('lab01', 'lab02')
        "$((Import-VirtSpec $lab)[0].Memory)" | Should -Be '256MiB'
    }

    It 'names file, line, column and the nearest key of what is wrong' {
        { Import-VirtSpec $bad -ErrorAction Stop } | Should -Throw -ErrorId 'SpecInvalid,*' -ExpectedMessage "*bad.yaml:4:1: memori*memory*"
        { Import-VirtSpec "$lab-not" -ErrorAction Stop } | Should -Throw -ErrorId 'FileNotFound,*'
    }

    It 'reads in parallel runspaces' {
        $path = (Get-Module VirtTools).Path -replace 'VirtCmdlets\.dll$', 'VirtTools.psd1'
        1..4 | ForEach-Object -Parallel { Import-Module $using:path; Import-VirtSpec $using:lab } | Should -HaveCount 8
    }

    It 'shows a table' {
        Import-VirtSpec $lab | Out-String -Width 120 | Should -Match 'Kind +Name +CPUs +Memory +Notes'
    }
}
