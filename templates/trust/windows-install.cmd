@echo off
rem Has this machine trust the certificates beside this script. As administrator.
{{- range .Anchors}}
certutil -f -addstore Root "%~dp0{{.Name}}.cer" || exit /b 1
{{- end}}
