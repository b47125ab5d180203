# Has this machine, or with -CurrentUser the one who runs it, trust them no longer.
param([switch]$CurrentUser)
$ErrorActionPreference = 'Stop'
$store = if ($CurrentUser) { 'Cert:\CurrentUser\Root' } else { 'Cert:\LocalMachine\Root' }
{{- range .Anchors}}
Get-Item -Path "$store\{{.SHA1}}" -ErrorAction SilentlyContinue | Remove-Item
{{- end}}
