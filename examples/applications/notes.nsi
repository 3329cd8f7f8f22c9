; A small installer for the demo, made with Debian's nsis: a program, a file type, settings for the user, an entry in "Installed apps".
Unicode true
Target amd64-unicode
Name "Notes"
OutFile "${OUT}"
InstallDir "$PROGRAMFILES64\Notes"
RequestExecutionLevel admin
SilentInstall silent

Section
    SetRegView 64
    SetOutPath "$INSTDIR"
    File "${HERE}/notes.cmd"
    FileOpen $0 "$INSTDIR\welcome.note" w
    FileWrite $0 "Made by the installer of Notes."
    FileClose $0
    WriteUninstaller "$INSTDIR\uninstall.exe"
    CreateDirectory "$SMPROGRAMS\Notes"
    CreateShortcut "$SMPROGRAMS\Notes\Notes.lnk" "$INSTDIR\notes.cmd"
    WriteRegStr HKLM "Software\Demo\Notes" "Home" "$INSTDIR"
    WriteRegStr HKLM "Software\Demo\Shared" "Owner" "Notes"
    WriteRegDWORD HKCU "Software\Demo\Notes" "FontSize" 11
    WriteRegStr HKCR ".note" "" "Demo.Note"
    WriteRegExpandStr HKCR "Demo.Note\shell\open\command" "" '"$INSTDIR\notes.cmd" "%1"'
    WriteRegStr HKLM "Software\Microsoft\Windows\CurrentVersion\Uninstall\Notes" "DisplayName" "Notes"
    WriteRegStr HKLM "Software\Microsoft\Windows\CurrentVersion\Uninstall\Notes" "UninstallString" "$INSTDIR\uninstall.exe"
SectionEnd

Section "Uninstall"
    Delete "$INSTDIR\notes.cmd"
    Delete "$INSTDIR\welcome.note"
    Delete "$INSTDIR\uninstall.exe"
    RMDir "$INSTDIR"
    DeleteRegKey HKLM "Software\Microsoft\Windows\CurrentVersion\Uninstall\Notes"
SectionEnd
