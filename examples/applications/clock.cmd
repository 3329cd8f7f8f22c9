@echo off
echo %TIME:~0,5%
