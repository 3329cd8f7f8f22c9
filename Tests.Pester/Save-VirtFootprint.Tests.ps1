BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Save-VirtFootprint' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Save-VirtFootprint' | Should -Be @(
            'AsJob:SwitchParameter:__AllParameterSets[]'
            'Exclude:String[]:__AllParameterSets[]'
            'Force:SwitchParameter:__AllParameterSets[]'
            'Path:String:__AllParameterSets[0m]'
            'Place:String[]:__AllParameterSets[1m]'
            'Prefix:SwitchParameter:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
        )
    }

    It 'takes a snapshot, and does not replace one unasked' {
        New-Item -ItemType Directory -Path "$TestDrive/place" -Force | Out-Null
        (Save-VirtFootprint "$TestDrive/a.footprint" "$TestDrive/place").Entries | Should -BeGreaterThan 0
        { Save-VirtFootprint "$TestDrive/a.footprint" "$TestDrive/place" -ErrorAction Stop } | Should -Throw -ErrorId 'FileExists,*'
    }
}
