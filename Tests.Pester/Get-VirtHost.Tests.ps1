BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Get-VirtHost' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Get-VirtHost' | Should -Be @(
            'Scope:RootScope:__AllParameterSets[]'
        )
    }

    It 'shows the computer, and which hypervisors work' {
        $host_ = Get-VirtHost
        $host_.Name | Should -Not -BeNullOrEmpty
        $host_.Processors | Should -BeGreaterThan 0
        $host_.Directory | Should -Be $env:VIRTTOOLS_HOME
        $software = $host_.Hypervisors | Where-Object Name -eq software
        $software.Usable | Should -BeTrue
        $software.MaximumProcessors | Should -BeGreaterOrEqual 1
    }
}
