# Starts everything; the first time it installs everything. Ctrl-C ends it. Options: --help.
& "$PSScriptRoot/valero.ps1" up @args
exit $LASTEXITCODE
