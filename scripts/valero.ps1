# The `valero` command: on Linux and macOS here, on Windows in WSL, because the embedded PostgreSQL
# and Redis exist for Linux and macOS only.
if ($PSVersionTable.Platform -eq 'Unix') {
    & "$PSScriptRoot/valero" @args
    exit $LASTEXITCODE
}
if (Get-Command wsl.exe -ErrorAction SilentlyContinue) {
    wsl.exe --cd "$PSScriptRoot\.." --exec bash ./scripts/valero @args
    exit $LASTEXITCODE
}
Write-Host 'VALERO NeuroERP braucht unter Windows WSL. Einmalig installieren: wsl --install'
Write-Host 'On Windows VALERO NeuroERP needs WSL. Install it once: wsl --install'
exit 1
