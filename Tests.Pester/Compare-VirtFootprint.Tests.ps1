BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Compare-VirtFootprint' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Compare-VirtFootprint' | Should -Be @(
            ''
        )
    }

    It 'finds what is not as it was' {
        New-Item -ItemType Directory -Path "$TestDrive/place" -Force | Out-Null
        Save-VirtFootprint "$TestDrive/a.footprint" "$TestDrive/place" | Out-Null
        Compare-VirtFootprint "$TestDrive/a.footprint" "$TestDrive/a.footprint" | Should -BeNullOrEmpty
        Set-Content "$TestDrive/place/planted" 'x'
        Save-VirtFootprint "$TestDrive/b.footprint" "$TestDrive/place" | Out-Null
        (Compare-VirtFootprint "$TestDrive/a.footprint" "$TestDrive/b.footprint").Kind | Should -Contain 'Added'
    }
}
