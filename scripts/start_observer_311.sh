#!/usr/bin/env bash
# Starts the Observer (port 8010). Options: --help.
exec "$(dirname "${BASH_SOURCE[0]}")/valero" up --only observer "$@"
