BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Get-VirtCapture' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Get-VirtCapture' | Should -Be @(
            'Name:String[]:__AllParameterSets[0vp]'
            'Scope:RootScope:__AllParameterSets[]'
        )
    }

    It 'finds none where none was started' {
        Get-VirtCapture | Should -BeNullOrEmpty
        { Get-VirtCapture none -ErrorAction Stop } | Should -Throw -ErrorId 'CaptureNotFound,*'
    }
}
