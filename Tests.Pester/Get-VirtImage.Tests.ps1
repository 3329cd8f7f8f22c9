BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Get-VirtImage' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Get-VirtImage' | Should -Be @(
            'Name:String[]:__AllParameterSets[0v]'
            'Scope:RootScope:__AllParameterSets[]'
        )
    }

    It 'finds none where none was installed' {
        Get-VirtImage | Should -BeNullOrEmpty
        Get-VirtImage debian* | Should -BeNullOrEmpty
        { Get-VirtImage debian -ErrorAction Stop } | Should -Throw -ErrorId 'ImageNotFound,*'
        $Error[0].ErrorDetails.RecommendedAction | Should -Match 'Install-VirtImage'
    }
}
