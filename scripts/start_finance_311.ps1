# Starts the finance service (port 8007) with what it needs. Options: --help.
& "$PSScriptRoot/valero.ps1" up --only fibu @args
exit $LASTEXITCODE
