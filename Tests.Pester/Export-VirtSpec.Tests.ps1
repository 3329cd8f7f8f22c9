BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Export-VirtSpec' {
    BeforeAll {
        $lab = Join-Path $TestDrive lab.yaml
        Set-Content $lab (
            "apiVersion: virttools/v1`nkind: Machine`nname: lab01`nmemory: 256MiB`nboot: {kernel: vmlinuz}`n---`n" +
            "apiVersion: virttools/v1`nkind: Machine`nname: lab02`nboot: {kernel: vmlinuz}")
        Deploy-VirtSpec $lab | Out-Null
        $bad = Join-Path $TestDrive bad.yaml
        Set-Content $bad "apiVersion: virttools/v1`nkind: Machine`nname: q`nmemori: 1MiB`nboot: {kernel: k}"
    }

    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Export-VirtSpec' | Should -Be @(
            'Application:ApplicationReference[]:Application[mv]'
            'Force:SwitchParameter:__AllParameterSets[]'
            'Machine:MachineReference[]:Machine[0mv]'
            'Path:String:__AllParameterSets[1]'
            'Scope:RootScope:__AllParameterSets[]'
            'Spec:Spec[]:Spec[mv]'
            'Switch:SwitchReference[]:Switch[mv]'
        )
    }

    It 'writes what Import-VirtSpec reads back' {
        $out = Join-Path $TestDrive out.yaml
        Get-VirtMachine | Export-VirtSpec -Path $out | ForEach-Object Name | Should -Be 'out.yaml'
        Import-VirtSpec $out | Compare-VirtSpec | Should -BeNullOrEmpty
    }

    It 'replaces a file only with -Force' {
        $out = Join-Path $TestDrive there.yaml
        Set-Content $out 'there'
        { Export-VirtSpec lab01 -Path $out -ErrorAction Stop } | Should -Throw -ErrorId 'FileExists,*'
        Get-Content $out | Should -Be 'there'
        Export-VirtSpec lab01 -Path $out -Force -WhatIf
        Get-Content $out | Should -Be 'there'
        Export-VirtSpec lab01 -Path $out -Force | Out-Null
        (Import-VirtSpec $out).Name | Should -Be 'lab01'
    }

    It 'takes names, machines, machines that travelled, and objects that bear a name' {
        $text = Export-VirtSpec lab01
        $text | Should -Match 'name: lab01'
        Get-VirtMachine lab01 | Export-VirtSpec | Should -Be $text
        Get-VirtMachine lab01 | Send-Travelling | Export-VirtSpec | Should -Be $text
        [pscustomobject]@{ Name = 'lab01' } | Export-VirtSpec | Should -Be $text
    }

    It 'writes applications, by name, from the pipeline, and those that travelled' {
        New-VirtApplication tool tool@1.0 /opt/tool -Rule @{ '{Documents}' = 'PassThrough' } | Out-Null
        $text = Export-VirtSpec -Application tool
        $text | Should -Match 'kind: Application'
        Get-VirtApplication tool | Export-VirtSpec | Should -Be $text
        Get-VirtApplication tool | Send-Travelling | Export-VirtSpec | Should -Be $text
        Get-VirtApplication tool | Start-VirtMachine -ErrorVariable errors -ErrorAction SilentlyContinue
        $errors[0].FullyQualifiedErrorId | Should -Match 'MachineNotFound|InputObjectNotBound|ParameterBinding'
    }

    It 'writes specs as they are, not the machines of their names' {
        Set-VirtMachine lab01 -Notes changed
        Import-VirtSpec $lab | Where-Object Name -eq lab01 | Export-VirtSpec | Should -Not -Match 'changed'
        { Import-VirtSpec $lab | Send-Travelling | Export-VirtSpec -ErrorAction Stop } | Should -Throw
    }
}
