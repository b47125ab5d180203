# Has this machine trust the certificates beside this script. As administrator:
#   powershell -ExecutionPolicy Bypass -File install.ps1
# or, for the one who runs it alone, who is asked for each:
#   powershell -ExecutionPolicy Bypass -File install.ps1 -CurrentUser
param([switch]$CurrentUser)
$ErrorActionPreference = 'Stop'
$store = if ($CurrentUser) { 'Cert:\CurrentUser\Root' } else { 'Cert:\LocalMachine\Root' }
{{- range .Anchors}}
Import-Certificate -FilePath (Join-Path $PSScriptRoot '{{.Name}}.cer') -CertStoreLocation $store | Out-Null
Write-Output 'trusted: {{.Name}}'
Write-Output '  SHA-256 {{.Fingerprint}}'
{{- end}}
