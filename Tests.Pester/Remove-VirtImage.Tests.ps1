BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Remove-VirtImage' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Remove-VirtImage' | Should -Be @(
            'Digest:String[]:Digest[mp]'
            'Force:SwitchParameter:__AllParameterSets[]'
            'Name:String[]:Name[0m]'
            'Scope:RootScope:__AllParameterSets[]'
        )
    }

    It 'reports an image that is not there' {
        { Remove-VirtImage nosuch -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'ImageNotFound,*'
        Remove-VirtImage nosuch* -Confirm:$false -ErrorAction Stop
    }
}
