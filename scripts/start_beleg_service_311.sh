#!/usr/bin/env bash
# Starts the document service (port 8005) with what it needs. Options: --help.
exec "$(dirname "${BASH_SOURCE[0]}")/valero" up --only beleg "$@"
