@echo off
rem Has this machine trust them no longer. As administrator.
{{- range .Anchors}}
certutil -delstore Root {{.SHA1}}
{{- end}}
