BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Remove-TestRoot
}

Describe 'Get-VirtSwitch' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'Get-VirtSwitch' | Should -Be @(
            'Id:Guid[]:Id[mp]'
            'Name:String[]:Name[0]'
            'Scope:RootScope:__AllParameterSets[]'
            'Switch:SwitchReference[]:Switch[mv]'
        )
    }

    It 'finds switches by name, wildcard, identity and object' {
        $lab = New-VirtSwitch lab
        New-VirtSwitch office
        (Get-VirtSwitch).Name | Should -Be @('lab', 'office')
        (Get-VirtSwitch l*).Id | Should -Be $lab.Id
        (Get-VirtSwitch -Id $lab.Id).Name | Should -Be 'lab'
        ($lab | Get-VirtSwitch).Name | Should -Be 'lab'
        { Get-VirtSwitch none -ErrorAction Stop } | Should -Throw -ErrorId 'SwitchNotFound,*'
    }
}
