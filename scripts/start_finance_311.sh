#!/usr/bin/env bash
# Starts the finance service (port 8007) with what it needs. Options: --help.
exec "$(dirname "${BASH_SOURCE[0]}")/valero" up --only fibu "$@"
