@echo off
if "%~1"=="" (type "%~dp0welcome.note") else (echo %*>>"%~dp0my.note")
