// PowerShell has an ApplicationInfo of its own, for programs in PATH; here the word means a virtual application.
global using ApplicationInfo = AppLayer.Applications.ApplicationInfo;
