# Ends whatever of this VALERO still runs, then starts everything. Options: those of `valero up`.
& "$PSScriptRoot/valero.ps1" down
if ($LASTEXITCODE -eq 0) { & "$PSScriptRoot/valero.ps1" up @args }
exit $LASTEXITCODE
