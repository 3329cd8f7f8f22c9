BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Test-VirtSpec' {
    BeforeAll {
        $lab = Join-Path $TestDrive lab.yaml
        Set-Content $lab (
            "apiVersion: virttools/v1`nkind: Machine`nname: lab01`nmemory: 256MiB`nboot: {kernel: vmlinuz}`n---`n" +
            "apiVersion: virttools/v1`nkind: Machine`nname: lab02`nboot: {kernel: vmlinuz}")
        $bad = Join-Path $TestDrive bad.yaml
        Set-Content $bad "apiVersion: virttools/v1`nkind: Machine`nname: q`nmemori: 1MiB`nboot: {kernel: k}"
    }

    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Test-VirtSpec' | Should -Be @(
            'Path:String[]:Path[0m]'
            'Scope:RootScope:__AllParameterSets[]'
            'Spec:Spec[]:Spec[mv]'
        )
    }

    It 'says whether a file is right, and if not, why' {
        Test-VirtSpec $lab | Should -BeTrue
        Import-VirtSpec $lab | Test-VirtSpec | Should -BeTrue
        Test-VirtSpec $bad -ErrorAction SilentlyContinue -ErrorVariable wrong | Should -BeFalse
        $wrong[0].FullyQualifiedErrorId | Should -BeLike 'SpecInvalid,*'
    }
}
