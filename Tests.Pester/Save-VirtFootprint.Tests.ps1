BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Save-VirtFootprint' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Save-VirtFootprint' | Should -Be @(
            ''
        )
    }

    It 'takes a snapshot, and does not replace one unasked' {
        New-Item -ItemType Directory -Path "$TestDrive/place" -Force | Out-Null
        (Save-VirtFootprint "$TestDrive/a.footprint" "$TestDrive/place").Entries | Should -BeGreaterThan 0
        { Save-VirtFootprint "$TestDrive/a.footprint" "$TestDrive/place" -ErrorAction Stop } | Should -Throw -ErrorId 'FileExists,*'
    }
}
