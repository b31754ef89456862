# Starts the Observer (port 8010). Options: --help.
& "$PSScriptRoot/valero.ps1" up --only observer @args
exit $LASTEXITCODE
