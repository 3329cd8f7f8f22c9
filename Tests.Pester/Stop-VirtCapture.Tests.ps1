BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Stop-VirtCapture' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Stop-VirtCapture' | Should -Be @(
            'AsJob:SwitchParameter:__AllParameterSets[]'
            'Exclude:String[]:__AllParameterSets[]'
            'Include:String[]:__AllParameterSets[]'
            'LayerName:String:__AllParameterSets[1]'
            'Name:String:__AllParameterSets[0mp]'
            'Scope:RootScope:__AllParameterSets[]'
            'Version:String:__AllParameterSets[2]'
        )
    }

    It 'makes a layer of what changed' {
        New-Item -ItemType Directory -Path "$TestDrive/place" -Force | Out-Null
        Start-VirtCapture c1 Linux -Place "$TestDrive/place" | Out-Null
        Set-Content "$TestDrive/place/new.txt" 'new'
        (Stop-VirtCapture c1 -Version 3 -Include "{Root}$TestDrive/**").Layer.Version | Should -Be '3'
        Get-VirtCapture | Should -BeNullOrEmpty
        (Get-VirtLayer c1).Files | Should -Be 1
    }

    It 'warns when rules leave nothing of what changed' {
        New-Item -ItemType Directory -Path "$TestDrive/noise" -Force | Out-Null
        Start-VirtCapture c2 Linux -Place "$TestDrive/noise" | Out-Null
        Set-Content "$TestDrive/noise/new.txt" 'new'
        $made = Stop-VirtCapture c2 -Version 1 -WarningVariable warnings -WarningAction SilentlyContinue
        $made.Layer.Files | Should -Be 0
        $warnings | Should -Match '-Include'
    }
}
