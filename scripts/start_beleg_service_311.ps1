# Starts the document service (port 8005) with what it needs. Options: --help.
& "$PSScriptRoot/valero.ps1" up --only beleg @args
exit $LASTEXITCODE
