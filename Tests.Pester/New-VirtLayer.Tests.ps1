BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'New-VirtLayer' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'New-VirtLayer' | Should -Be @(
            'ArgumentList:String[]:Installer[]'
            'AsJob:SwitchParameter:__AllParameterSets[]'
            'Command:String:Installer[m]'
            'Directory:String:Content[]'
            'Exclude:String[]:__AllParameterSets[]'
            'Include:String[]:__AllParameterSets[]'
            'Name:String:__AllParameterSets[0m]'
            'Notes:String:__AllParameterSets[]'
            'Over:String[]:Installer[]'
            'Package:String[]:Content[]'
            'Platform:LayerPlatform:__AllParameterSets[2m]'
            'RegistryFile:String:Content[]'
            'Scope:RootScope:__AllParameterSets[]'
            'SuccessExitCode:Int32[]:Installer[]'
            'Target:String:Content[]'
            'Timeout:Nullable`1:Installer[]'
            'Version:String:__AllParameterSets[1m]'
        )
    }

    It 'makes a layer of a directory, and refuses the same name and version' {
        New-Item -ItemType Directory -Path "$TestDrive/files" -Force | Out-Null
        Set-Content "$TestDrive/files/hello.txt" 'hello'
        New-VirtLayer hello 1.0 Linux -Directory "$TestDrive/files" -Target '{Root}/opt/hello' | Out-Null
        (Get-VirtLayer hello@1.0).Files | Should -Be 1
        { New-VirtLayer hello 1.0 Linux -Directory "$TestDrive/files" -ErrorAction Stop } | Should -Throw -ErrorId 'LayerNameInUse,*'
    }

    It 'does nothing with -WhatIf' {
        New-VirtLayer other 1.0 Linux -Directory $TestDrive -WhatIf
        Get-VirtLayer other* | Should -BeNullOrEmpty
    }

    It 'says what is missing' {
        { New-VirtLayer other 1.0 Linux -ErrorAction Stop } | Should -Throw -ErrorId 'ParameterInvalid,*'
    }
}
