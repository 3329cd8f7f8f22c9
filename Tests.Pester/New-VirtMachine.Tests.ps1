BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'New-VirtMachine' {
    It 'has the parameters that scripts rely on' {
        Get-ParameterShape 'New-VirtMachine' | Should -Be @(
            'CommandLine:String:__AllParameterSets[]'
            'Hypervisor:Nullable`1:__AllParameterSets[]'
            'Image:String:Image[1m]'
            'Initrd:String:Kernel[]'
            'Kernel:String:Kernel[m]'
            'Labels:Hashtable:__AllParameterSets[]'
            'Memory:ByteSize:__AllParameterSets[]'
            'Name:String:__AllParameterSets[0m]'
            'Notes:String:__AllParameterSets[]'
            'Processors:Int32:__AllParameterSets[]'
            'Scope:RootScope:__AllParameterSets[]'
        )
    }
}
