BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Install-VirtImage' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Install-VirtImage' | Should -Be @(
            'AsJob:SwitchParameter:__AllParameterSets[]'
            'CommandLine:String:Files[]'
            'Initrd:String:Files[]'
            'Kernel:String:Files[m]'
            'Name:String:Files[0m],Packages[0]'
            'Scope:RootScope:__AllParameterSets[]'
        )
    }
}
