# Tests the running system: environment, then health, databases, API, end to end (--email ...).
& "$PSScriptRoot/valero.ps1" doctor
if ($LASTEXITCODE -eq 0) { & "$PSScriptRoot/valero.ps1" verify @args }
exit $LASTEXITCODE
